/** Looks into the jar of a skill without running any of it. */
package dev.weft.skill.repository.scan;
