/** What happened in this host, in order. */
@Export
@Version("1.1.0")
package dev.weft.api.event;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
