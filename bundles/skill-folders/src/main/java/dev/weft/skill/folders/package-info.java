/** Files inside configured folders, and nowhere else. */
package dev.weft.skill.folders;
