/** The registry role: directory, presence, routing, pairing and inbox. */
@Export
@Version("1.3.0")
package dev.weft.api.registry;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
