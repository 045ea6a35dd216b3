/** Units of work and the engine that gets them done. */
@Export
@Version("1.3.0")
package dev.weft.api.task;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
