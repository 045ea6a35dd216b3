/** What a skill author compiles against, besides LangChain4j's @Tool and @P. */
@Export
@Version("1.4.0")
package dev.weft.skill;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
