package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import java.util.function.ObjLongConsumer;

/** A tool call that may wait for a person. Each time it does is a step at once: whoever follows the trace can see what it asks. */
final class Waiting implements ObjLongConsumer<TaskState> {
    private final Ask ask;
    private final String tool;
    private final JsonNode input;
    private volatile String task = "";
    private long told = -1;
    private boolean ended;

    Waiting(Ask ask, String tool, JsonNode input) {
        this.ask = ask;
        this.tool = tool;
        this.input = input;
    }

    /** Says which task the call is. */
    void of(String id) {
        task = id;
    }

    /** Its task; "" before that is known. */
    String task() {
        return task;
    }

    /** Tells if it waits already. */
    void look(Task now) {
        if (now.state() == TaskState.AUTH_REQUIRED || now.state() == TaskState.INPUT_REQUIRED) {
            accept(now.state(), now.sequence());
        }
    }

    /** It waits.
     * @param state for what
     * @param sequence of the change, so that each is told once */
    @Override
    public synchronized void accept(TaskState state, long sequence) {
        if (ended || sequence <= told) {
            return;
        }
        told = sequence;
        ask.record(
                new Step(
                        tool,
                        "",
                        input,
                        JsonNodeFactory.instance
                                .objectNode()
                                .put("state", state.wireName())
                                .put("task", task),
                        null,
                        0));
    }

    /** Nothing is told from now on: what came of the call is. */
    synchronized void end() {
        ended = true;
    }
}
