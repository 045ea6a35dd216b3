package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The dashboard is one that Grafana takes: what it asks of the file, without a Grafana. */
class DashboardTest {
    private static final int COLUMNS = 24;

    private final JsonNode json;
    private final Dashboard dashboard;

    DashboardTest() throws Exception {
        dashboard = Dashboard.read();
        json = dashboard.json();
    }

    @Test
    void it_says_what_it_is() {
        assertFalse(json.path("title").asText().isBlank());
        assertTrue(json.path("uid").asText().matches("[A-Za-z0-9_-]{1,40}"), json::toString);
        assertTrue(json.path("schemaVersion").isInt());
        assertTrue(json.path("time").hasNonNull("from") && json.path("time").hasNonNull("to"));
        assertFalse(json.has("id"), "an id is of one Grafana only");
        assertFalse(json.has("__inputs"), "the data source is a variable");
    }

    @Test
    void each_panel_has_an_id_a_title_and_a_place_of_its_own() {
        Set<Integer> ids = new HashSet<>();
        Set<String> cells = new HashSet<>();
        for (JsonNode panel : json.path("panels")) {
            String title = panel.path("title").asText();
            assertFalse(title.isBlank(), panel::toString);
            assertTrue(panel.path("id").isInt() && panel.path("id").asInt() > 0, panel::toString);
            assertTrue(ids.add(panel.path("id").asInt()), "the id of " + title + " is taken");
            assertTrue(
                    Set.of("stat", "table", "timeseries").contains(panel.path("type").asText()),
                    title);
            JsonNode place = panel.path("gridPos");
            int x = place.path("x").asInt(-1);
            int y = place.path("y").asInt(-1);
            int width = place.path("w").asInt();
            int height = place.path("h").asInt();
            assertTrue(
                    x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= COLUMNS,
                    title + ": " + place);
            for (int column = x; column < x + width; column++) {
                for (int row = y; row < y + height; row++) {
                    assertTrue(cells.add(column + " " + row), title + " lies on another panel");
                }
            }
        }
        assertTrue(ids.size() > 15, ids::toString);
    }

    @Test
    void each_query_asks_the_data_source_that_a_person_chooses() {
        JsonNode variables = json.path("templating").path("list");
        List<String> names =
                StreamSupport.stream(variables.spliterator(), false)
                        .map(one -> one.path("name").asText())
                        .toList();
        assertEquals(List.of("datasource", "job", "instance"), names);
        assertEquals("datasource", variables.path(0).path("type").asText());
        assertEquals("prometheus", variables.path(0).path("query").asText());
        for (int i = 1; i < variables.size(); i++) {
            assertChosen(variables.path(i));
            assertEquals(2, variables.path(i).path("refresh").asInt(), "read anew with the time");
        }
        for (JsonNode panel : json.path("panels")) {
            assertChosen(panel);
            assertFalse(panel.path("targets").isEmpty(), panel::toString);
            Set<String> references = new HashSet<>();
            for (JsonNode target : panel.path("targets")) {
                assertChosen(target);
                assertTrue(references.add(target.path("refId").asText()), target::toString);
            }
        }
    }

    private static void assertChosen(JsonNode part) {
        assertEquals("prometheus", part.path("datasource").path("type").asText(), part::toString);
        assertEquals("${datasource}", part.path("datasource").path("uid").asText());
    }

    @Test
    void each_query_keeps_to_the_chosen_hosts_and_no_variable_is_unknown() {
        for (Dashboard.Query query : dashboard.queries()) {
            assertTrue(
                    query.expression().contains("{job=~\"$job\",instance=~\"$instance\""),
                    query::toString);
            String asked = query.with(Map.of("job", "j", "instance", "i", "__rate_interval", "1m"));
            assertFalse(asked.contains("$"), asked);
        }
    }
}
