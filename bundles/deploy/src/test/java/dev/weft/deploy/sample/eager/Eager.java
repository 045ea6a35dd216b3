package dev.weft.deploy.sample.eager;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.util.concurrent.locks.LockSupport;
import org.osgi.service.component.annotations.Component;

/** Starts a thread as soon as its class is loaded, and keeps it. */
@Skill(id = "eager", title = "Eager", description = "Starts a thread")
@Component(service = SkillService.class)
public final class Eager implements SkillService {
    static {
        Thread thread = new Thread(Eager::stay, "eager-thread");
        thread.setDaemon(true);
        thread.start();
    }

    private static void stay() {
        while (!Thread.currentThread().isInterrupted()) {
            LockSupport.park();
        }
    }

    /** Answers as any skill.
     * @return a word */
    @Tool("Is it there?")
    public String say() {
        return "here";
    }
}
