package dev.weft.skill;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A skill: a Declarative Services component whose public {@code @Tool} methods can be called from every host of the mesh.
 * Its class carries {@link Skill}. Methods are called from many threads at once.
 */
@ConsumerType
public interface SkillService {}
