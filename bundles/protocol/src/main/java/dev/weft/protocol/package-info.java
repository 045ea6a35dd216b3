/** The wire records of the mesh and their JSON, as docs/protocol.md has them. */
@Export
@Version("1.5.0")
package dev.weft.protocol;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
