package dev.weft.catalog.sample.broken;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Resolves, and does not start. */
@Skill(id = "broken", title = "Broken", description = "Does not start")
@Component(service = SkillService.class, immediate = true)
public final class Broken implements SkillService {
    /** Fails. */
    @Activate
    public Broken() {
        throw new IllegalStateException("no sensor on this machine");
    }

    /** Never called.
     * @return nothing */
    @Tool("Says nothing")
    public String nothing() {
        return "";
    }
}
