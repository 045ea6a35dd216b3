package dev.weft.deploy.sample.hanging;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.util.concurrent.CountDownLatch;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Hangs while it is made, and minds no interrupt, until the test opens a gate. */
@Skill(id = "hanging", title = "Hanging", description = "Hangs")
@Component(service = SkillService.class)
public final class Hanging implements SkillService {
    /** Hangs. */
    @Activate
    public Hanging() {
        CountDownLatch gate = (CountDownLatch) System.getProperties().get("weft.test.gate");
        while (gate.getCount() > 0) {
            try {
                gate.await();
            } catch (InterruptedException e) {
                continue;
            }
        }
    }

    /** Never called. */
    @Tool
    public void go() {}
}
