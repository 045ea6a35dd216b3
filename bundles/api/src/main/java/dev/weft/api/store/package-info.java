/** The database of a host. */
@Export
@Version("1.1.0")
package dev.weft.api.store;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
