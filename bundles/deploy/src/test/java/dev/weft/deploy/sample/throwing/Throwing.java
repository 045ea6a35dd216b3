package dev.weft.deploy.sample.throwing;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Cannot be made. */
@Skill(id = "throwing", title = "Throwing", description = "Cannot be made")
@Component(service = SkillService.class)
public final class Throwing implements SkillService {
    /** Throws. */
    @Activate
    public Throwing() {
        Integer starts = Integer.getInteger("weft.test.starts");
        if (starts != null) {
            System.setProperty("weft.test.starts", Integer.toString(starts + 1));
        }
        throw new IllegalStateException("no sensor on this machine");
    }

    /** Never called. */
    @Tool
    public void go() {}
}
