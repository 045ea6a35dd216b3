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

    /** Permission: talks to other machines. */
    String NET = "net";

    /** Permission: reads or writes files outside its own bundle. */
    String FILES = "files";

    /** Permission: starts other programs. */
    String EXEC = "exec";

    /** Permission: asks the host's chat model, which may cost money. */
    String LLM = "llm";

    /** Permission: is configured with secrets such as keys. */
    String SECRETS = "secrets";

    /** Permission: runs what cannot be seen beforehand: reflection, scripts, objects that are read from bytes, work at the end of the JVM. */
    String DYNAMIC = "dynamic";

    /** Target of the reference to the host's chat model, which stands in front of every provider:
     * {@code @Reference(target = Skill.CHAT_MODEL) ChatModel model}. It stays the same while providers are swapped. */
    String CHAT_MODEL = "(!(weft.llm.provider=*))";

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

    /** What the skill reaches beyond its arguments, out of {@link #NET}, {@link #FILES}, {@link #EXEC}, {@link #LLM},
     * {@link #SECRETS} and {@link #DYNAMIC}. Shown to people before they install it; a host refuses words that it does not know. It is a
     * declaration, not a sandbox.
     * @return the permissions; none by default */
    @Attribute("permissions")
    String[] permissions() default {};
}
