/** The host's one connection to its registry. */
@Export
@Version("1.2.0")
package dev.weft.api.signaling;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
