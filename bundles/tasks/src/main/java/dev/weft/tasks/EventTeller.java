package dev.weft.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.event.Events;
import dev.weft.api.task.Task;
import dev.weft.protocol.Wire;

/** Tells the journal what becomes of tasks; inputs and results stay out of it. */
record EventTeller(Events events) implements RunListener {
    @Override
    public void changed(Task task) {
        ObjectNode data = Wire.object();
        data.put("id", task.id())
                .put("skill", task.skill())
                .put("tool", task.tool())
                .put("source", task.source().value());
        data.put("target", task.target() == null ? "" : task.target().value());
        data.put("state", task.state().wireName()).put("path", task.path());
        data.put("sequence", task.sequence()).put("at", task.updated().toString());
        if (task.question() != null) {
            data.put("question", task.question().text());
        }
        if (task.error() != null) {
            data.putObject("error")
                    .put("code", task.error().code())
                    .put("message", task.error().message());
        }
        events.publish("task." + task.state().wireName(), data);
    }

    @Override
    public void progress(Task task, double fraction, String note) {
        events.publish(
                "task.progress",
                Wire.object()
                        .put("id", task.id())
                        .put("skill", task.skill())
                        .put("fraction", fraction)
                        .put("note", note));
    }

    @Override
    public void chunk(Task task, String piece) {
        events.publish("task.chunk", Wire.object().put("id", task.id()).put("text", piece));
    }
}
