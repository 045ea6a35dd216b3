package dev.weft.skill.testing;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.time.LocalDate;

/** A skill to try the harness with. */
@Skill(id = "counter", title = "Counter", description = "Counts")
public final class Counter implements SkillService {
    /** Counts aloud.
     * @param to how far
     * @param task hears it
     * @return the last number */
    @Tool("Counts")
    public int count(@P("how far") int to, TaskContext task) {
        for (int i = 1; i <= to; i++) {
            task.emit(String.valueOf(i));
            task.progress((double) i / to, "");
        }
        return to;
    }

    /** The day after.
     * @param day a day
     * @return the next */
    @Tool("The day after")
    public LocalDate next(LocalDate day) {
        return day.plusDays(1);
    }
}
