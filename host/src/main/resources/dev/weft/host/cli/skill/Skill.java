package @package@;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** What the model and people read stands in the annotations; each public @Tool method can be called from the whole mesh. */
@Skill(id = "@id@", title = "@class@", description = "Greets people, with the time of day")
@Component(service = SkillService.class, configurationPid = "@package@")
@Designate(ocd = @class@.Config.class)
public final class @class@ implements SkillService {
    /** What can be set, also from the UI and by {@code PUT /api/skills/@id@/config}. */
    @ObjectClassDefinition(name = "@class@")
    public @interface Config {
        @AttributeDefinition(description = "How people are greeted")
        String greeting() default "Hello";
    }

    /** A result: its members are described to the caller. */
    public record Greeting(String text, LocalDateTime at) {}

    private final Config config;

    @Activate
    public @class@(Config config) {
        this.config = config;
    }

    @Tool("Greets somebody")
    public Greeting greet(
            @P("who is greeted") String name,
            @P(value = "where the time is told", defaultValue = "UTC") ZoneId zone) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("name must not be blank");
        }
        return new Greeting(config.greeting() + ", " + name + "!", LocalDateTime.now(zone));
    }
}
