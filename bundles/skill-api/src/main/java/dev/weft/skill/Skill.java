package dev.weft.skill;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;

/**
 * Names a skill. bnd turns the annotation into a {@code weft.skill} capability of the bundle's manifest, which the
 * catalog, the resolver and the UI read.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@Capability(namespace = Skill.NAMESPACE)
public @interface Skill {
    /** The namespace of the capability. */
    String NAMESPACE = "weft.skill";

    /** The id by which it is called: 1 to 64 characters, {@code [a-z0-9][a-z0-9._-]*}.
     * @return the id */
    @Attribute("weft.skill")
    String id();

    /** A few words for people.
     * @return the title */
    @Attribute("title")
    String title();

    /** One or two sentences, for people and for the model that chooses.
     * @return the description */
    @Attribute("description")
    String description();
}
