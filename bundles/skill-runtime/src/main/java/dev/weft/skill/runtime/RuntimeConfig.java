package dev.weft.skill.runtime;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the skill runtime. A double underscore in a name is one underscore in the key. */
@ObjectClassDefinition(name = "Weft skill runtime")
public @interface RuntimeConfig {
    /** Time between two rounds.
     * @return seconds, at least 1 */
    @AttributeDefinition(description = "seconds between two rounds that ask each skill how it is")
    int health__seconds() default 5;

    /** Skills that are switched off, unless a person switched them on.
     * @return ids */
    @AttributeDefinition(
            description = "ids of skills that are off unless a person switched them on")
    String[] disabled() default {};
}
