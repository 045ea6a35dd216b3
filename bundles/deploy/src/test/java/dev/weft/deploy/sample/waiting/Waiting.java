package dev.weft.deploy.sample.waiting;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.util.concurrent.Callable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Waits for a service that nobody offers. */
@Skill(id = "waiting", title = "Waiting", description = "Waits")
@Component(service = SkillService.class)
public final class Waiting implements SkillService {
    /** Never made.
     * @param callable is not there */
    @Activate
    public Waiting(@Reference(target = "(sensor=yes)") Callable<?> callable) {
        callable.hashCode();
    }

    /** Never called. */
    @Tool
    public void go() {}
}
