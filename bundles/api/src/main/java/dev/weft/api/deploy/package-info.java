/** The deploy folder. */
@Export
@Version("1.2.0")
package dev.weft.api.deploy;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
