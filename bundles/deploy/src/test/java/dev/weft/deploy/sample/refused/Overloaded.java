package dev.weft.deploy.sample.refused;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import org.osgi.service.component.annotations.Component;

/** Has two tools of one name. */
@Skill(id = "overloaded", title = "Overloaded", description = "Two tools of one name")
@Component(service = SkillService.class)
public final class Overloaded implements SkillService {
    /** One.
     * @param a any */
    @Tool
    public void go(int a) {}

    /** The other.
     * @param a any */
    @Tool
    public void go(String a) {}
}
