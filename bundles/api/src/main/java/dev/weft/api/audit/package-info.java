/** Who did what to this host. */
@Export
@Version("1.0.0")
package dev.weft.api.audit;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
