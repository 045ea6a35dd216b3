/** Chat model providers and the routes to them. */
@Export
@Version("1.4.0")
package dev.weft.api.llm;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
