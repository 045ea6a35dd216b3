package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.task.TaskStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What became of one task, step by step; bounded. Thread-safe. */
final class Timeline {
    static final int MAX_STEPS = 100;
    private static final int MAX_NOTE = 300;
    private static final int MAX_WORD = 64;

    private final String agent;
    private final List<TaskStep> steps = new ArrayList<>(4);

    Timeline(String agent) {
        this.agent = agent;
    }

    void add(Instant at, String what, String note) {
        add(new TaskStep(at, agent, what, cut(note, MAX_NOTE)));
    }

    private synchronized void add(TaskStep step) {
        if (steps.size() == MAX_STEPS) {
            steps.remove(MAX_STEPS / 2); // the beginning and the end say most
        }
        steps.add(step);
    }

    synchronized List<TaskStep> steps() {
        return ClockShift.aligned(agent, steps);
    }

    /** For the wire: {@code [[epoch millis, what, note], …]}, without the steps that others told. */
    synchronized ArrayNode own() {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (TaskStep step : steps) {
            if (step.agent().equals(agent)) {
                all.addArray().add(step.at().toEpochMilli()).add(step.what()).add(step.note());
            }
        }
        return all;
    }

    /** Takes in what the peer that did the task tells; what is malformed is left out. */
    void merge(String peer, JsonNode told) {
        int taken = 0;
        for (JsonNode step : told) {
            if (step.path(0).isIntegralNumber() && step.path(1).isTextual()) {
                add(
                        new TaskStep(
                                Instant.ofEpochMilli(step.get(0).asLong()),
                                peer,
                                cut(step.get(1).textValue(), MAX_WORD),
                                cut(step.path(2).asText(""), MAX_NOTE)));
                if (++taken == MAX_STEPS / 2) {
                    return;
                }
            }
        }
    }

    private static String cut(String text, int most) {
        return text.length() > most ? text.substring(0, most) + "…" : text;
    }
}
