/** The skills of this host. */
@Export
@Version("1.2.0")
package dev.weft.api.skill;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
