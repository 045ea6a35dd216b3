/** Whether this host works, check by check. */
@Export
@Version("1.3.0")
package dev.weft.api.health;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
