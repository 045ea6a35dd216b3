/** Where this host answers HTTP. */
@Export
@Version("1.0.0")
package dev.weft.api.http;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
