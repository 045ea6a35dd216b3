/** Who this host is, who may ask it for what, and how callers prove it. */
@Export
@Version("1.5.0")
package dev.weft.api.identity;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
