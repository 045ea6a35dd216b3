package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.skill.Skills;
import dev.weft.skill.TaskContext;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.MDC;

/** One call under a lease. */
final class SkillCall implements Skills.Call {
    private final Installed skill;
    private final ToolMethod tool;
    private final Object[] arguments;
    private final AtomicBoolean closed = new AtomicBoolean();

    SkillCall(Installed skill, ToolMethod tool, Object[] arguments) {
        this.skill = skill;
        this.tool = tool;
        this.arguments = arguments;
    }

    @Override
    public String skill() {
        return skill.card().id();
    }

    @Override
    public String tool() {
        return tool.card().name();
    }

    @Override
    public boolean confirm() {
        return tool.card().confirm();
    }

    @Override
    public JsonNode run(TaskContext context) throws InterruptedException {
        if (closed.get()) {
            throw new IllegalStateException("the call of " + tool.call() + " is closed");
        }
        String outer = MDC.get(Skills.LOG_KEY);
        MDC.put(Skills.LOG_KEY, skill());
        try {
            return tool.run(arguments, context);
        } finally {
            if (outer == null) {
                MDC.remove(Skills.LOG_KEY);
            } else { // a skill called this one, on the same thread
                MDC.put(Skills.LOG_KEY, outer);
            }
        }
    }

    @Override
    public void close() {
        // A second close must not give back a lease that another call holds.
        if (closed.compareAndSet(false, true)) {
            skill.lease().release();
        }
    }
}
