/** Skills that can be had from repositories. */
@Export
@Version("1.1.0")
package dev.weft.api.catalog;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
