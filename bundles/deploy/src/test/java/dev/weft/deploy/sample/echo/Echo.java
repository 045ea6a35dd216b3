package dev.weft.deploy.sample.echo;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Component;

/** Says what its jar says. */
@Skill(id = "echo", title = "Echo", description = "Says what its jar says")
@Component(service = SkillService.class)
public final class Echo implements SkillService {
    /** Tells the caller that it began, then loads a class and reads a resource that it has not touched yet.
     * @param context of the call
     * @return the text of the jar
     * @throws IOException never */
    @Tool("What does the jar say?")
    public String say(TaskContext context) throws IOException {
        context.emit("began");
        return new Late().text();
    }

    /** First used at the end of a call: a class loader that closed meanwhile shows here. */
    static final class Late {
        String text() throws IOException {
            try (InputStream in = Echo.class.getResourceAsStream("/answer.txt")) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }
}
