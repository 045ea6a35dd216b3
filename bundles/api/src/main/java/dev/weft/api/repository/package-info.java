/** The repository of skills that a registry serves and publishers publish to. */
@Export
@Version("1.0.0")
package dev.weft.api.repository;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
