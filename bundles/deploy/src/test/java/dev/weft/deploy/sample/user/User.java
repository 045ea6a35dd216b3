package dev.weft.deploy.sample.user;

import com.acme.words.Words;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.io.IOException;
import org.osgi.service.component.annotations.Component;

/** Says what a library says. */
@Skill(id = "user", title = "User", description = "Says what a library says")
@Component(service = SkillService.class)
public final class User implements SkillService {
    /** Asks the library.
     * @return its text
     * @throws IOException never */
    @Tool("What does the library say?")
    public String say() throws IOException {
        return Words.text();
    }
}
