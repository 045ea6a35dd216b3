/** The skills of this host. */
@Export
@Version("1.3.0")
package dev.weft.api.skill;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
