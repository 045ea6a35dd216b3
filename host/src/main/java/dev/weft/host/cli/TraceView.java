package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A trace for people: what was done on which host, when and how long, and who did not tell. */
record TraceView(Output output) {
    /** Nothing is shown of a trace of one task.
     * @param trace of {@code GET /api/hub/traces/ID}
     * @param agents names of hosts: {@code GET /api/agents} */
    void show(JsonNode trace, JsonNode agents) {
        JsonNode spans = trace.path("spans");
        Map<String, String> names = new HashMap<>();
        agents.forEach(
                agent -> names.put(agent.path("agent_id").asText(), agent.path("name").asText()));
        if (spans.size() > 1) {
            double start = spans.path(0).path("start").asDouble();
            List<List<String>> rows = new ArrayList<>();
            spans.forEach(span -> rows.add(row(span, start, names)));
            output.table(List.of("CALL", "FROM", "ON", "AFTER", "TOOK", "STATE", "ID"), rows, "");
        }
        for (JsonNode host : trace.path("hosts")) {
            if (!host.path("outcome").asText().equals("told")) {
                output.line(
                        "not told by "
                                + name(host.path("agent").asText(), names)
                                + ": "
                                + host.path("note").asText());
            }
        }
    }

    private static List<String> row(JsonNode span, double start, Map<String, String> names) {
        String tool = span.path("tool").asText();
        double began = span.path("start").asDouble();
        return List.of(
                span.path("skill").asText() + (tool.isEmpty() ? "" : "." + tool),
                name(span.path("source").asText(), names),
                name(span.path("target").asText(), names),
                seconds(began - start),
                span.path("end").isNumber() ? seconds(span.path("end").asDouble() - began) : "…",
                span.path("state").asText(),
                span.path("id").asText());
    }

    private static String name(String id, Map<String, String> names) {
        return id.isEmpty() ? "-" : names.getOrDefault(id, id);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.3f s", seconds);
    }
}
