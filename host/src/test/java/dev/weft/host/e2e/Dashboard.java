package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Grafana dashboard of the documents. */
record Dashboard(JsonNode json) {
    static final Path FOLDER = Path.of("..", "docs", "monitoring");

    static Dashboard read() throws IOException {
        return new Dashboard(Wire.tree(Files.readString(FOLDER.resolve("weft-dashboard.json"))));
    }

    /** A query of a panel.
     * @param panel its title
     * @param expression PromQL with variables of Grafana
     * @param legend names labels in double braces; may be "" */
    record Query(String panel, String expression, String legend) {
        /** As Grafana asks it.
         * @param variables values by name */
        String with(Map<String, String> variables) {
            String asked = expression;
            for (Map.Entry<String, String> variable : variables.entrySet()) {
                asked = asked.replace("$" + variable.getKey(), variable.getValue());
            }
            return asked;
        }
    }

    List<Query> queries() {
        List<Query> all = new ArrayList<>();
        for (JsonNode panel : json.path("panels")) {
            for (JsonNode target : panel.path("targets")) {
                all.add(
                        new Query(
                                panel.path("title").asText(),
                                target.path("expr").asText(),
                                target.path("legendFormat").asText()));
            }
        }
        return all;
    }
}
