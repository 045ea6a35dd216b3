/** Peers, links between them, and messages over those links. */
@Export
@Version("1.2.0")
package dev.weft.api.mesh;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
