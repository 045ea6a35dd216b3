/** What the hosts that are one registry together tell each other. */
@Export
@Version("1.0.0")
package dev.weft.api.cluster;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
