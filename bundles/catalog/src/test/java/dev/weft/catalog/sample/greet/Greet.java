package dev.weft.catalog.sample.greet;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Greets. */
@Skill(id = "greet", title = "Greet", description = "Greets people politely")
@Component(service = SkillService.class)
@Designate(ocd = Greet.Config.class)
public final class Greet implements SkillService {
    /** How it greets. */
    public enum Tone {
        /** Calm. */
        CALM,
        /** Loud. */
        LOUD
    }

    /** Whom.
     * @param first name
     * @param age in years */
    public record Person(String first, int age) {}

    /** What can be set. */
    @ObjectClassDefinition(name = "Greet")
    public @interface Config {
        /** Who greets.
         * @return a name */
        @AttributeDefinition(name = "Signature", description = "Who greets")
        String signature() default "acme";
    }

    /** Begins.
     * @param config who greets */
    @Activate
    public Greet(Config config) {
        // Only what can be set is wanted here.
    }

    /** Greets.
     * @return a greeting */
    @Tool("Says hello")
    public String hello() {
        return "hello";
    }

    /** Greets many.
     * @param people whom
     * @param tone how
     * @param more further words
     * @param context of the call
     * @return a greeting */
    @Tool(name = "greet_all", value = "Greets many")
    public String all(
            @P("whom") List<Person> people, Tone tone, Optional<String> more, TaskContext context) {
        return people + " " + tone + more;
    }
}
