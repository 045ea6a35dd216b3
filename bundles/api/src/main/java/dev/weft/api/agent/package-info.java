/** The agent that turns a prompt into skill calls. */
@Export
@Version("1.5.0")
package dev.weft.api.agent;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
