/** How manifests of skills are read, and what none may say: the same for who installs a jar and for who scans one. */
package dev.weft.skill.repository.manifest;
