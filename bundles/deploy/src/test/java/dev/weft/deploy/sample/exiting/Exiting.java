package dev.weft.deploy.sample.exiting;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Ends the JVM as it starts. */
@Skill(id = "exiting", title = "Exiting", description = "Ends the host")
@Component(service = SkillService.class)
public final class Exiting implements SkillService {
    /** What the host dies with. */
    public static final int STATUS = 77;

    /** Ends the host. */
    @Activate
    public Exiting() {
        Runtime.getRuntime().halt(STATUS);
    }

    /** Never called.
     * @return nothing */
    @Tool("Nothing")
    public String say() {
        return "";
    }
}
