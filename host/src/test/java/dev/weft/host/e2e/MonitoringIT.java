package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The monitoring files of the documents, with a real Prometheus that scrapes a real host as they say. */
@Tag("once")
class MonitoringIT {
    private static final Pattern LABEL = Pattern.compile("\\{\\{(\\w+)}}");

    /** What makes of a number a choice: left out, the number itself must be there. */
    private static final Pattern CHOICE = Pattern.compile(" == 0| or vector\\(0\\)| > [0-9.]+$");

    private static final Pattern ALERT = Pattern.compile("(?m)^ +expr: (.+)$");
    @TempDir Path folder;

    @Test
    void every_panel_shows_something_and_every_alert_has_what_it_looks_at() throws Exception {
        Prometheus.need();
        try (TestHost host = new TestHost(folder.resolve("host"), "host").start()) {
            Program.drop("text", host.deploy());
            TestHost.await("the skill", () -> host.lists("text", "host"));
            host.json("call", "text.statistics", "text=one two");
            try (Prometheus prometheus = new Prometheus(folder, configuration(host))) {
                panels(prometheus, host);
                for (String alert : alerts()) {
                    answered(prometheus, "alert", CHOICE.matcher(alert).replaceAll(""));
                }
            }
        }
    }

    /** The file of the documents, but for where the host is. */
    private Path configuration(TestHost host) throws Exception {
        String key = host.json("key", "create", "--role", "viewer").path("key").asText();
        Path secret = Files.writeString(folder.resolve("weft.key"), key);
        String text = Files.readString(Dashboard.FOLDER.resolve("prometheus.yml"));
        Map<String, String> places = new LinkedHashMap<>();
        places.put("scheme: https", "scheme: http");
        places.put("scrape_interval: 15s", "scrape_interval: 1s");
        places.put("/etc/prometheus/weft.key", secret.toString());
        places.put("registry.example:8700", URI.create(host.url()).getAuthority());
        for (Map.Entry<String, String> place : places.entrySet()) {
            assertTrue(text.contains(place.getKey()), place.getKey());
            text = text.replace(place.getKey(), place.getValue());
        }
        Files.copy(Dashboard.FOLDER.resolve("weft-alerts.yml"), folder.resolve("weft-alerts.yml"));
        Path file = Files.writeString(folder.resolve("prometheus.yml"), text);
        Prometheus.tool(folder, "check", "config", file.toString());
        return file;
    }

    private static void panels(Prometheus prometheus, TestHost host) throws Exception {
        TestHost.await(
                "a scrape", () -> prometheus.query("weft_build_info{job=\"weft\"}").size() == 1);
        // what a person chooses from
        assertEquals("[\"weft\"]", prometheus.values("job", "weft_build_info").toString());
        String instance = URI.create(host.url()).getAuthority();
        assertEquals(
                "[\"" + instance + "\"]",
                prometheus.values("instance", "weft_build_info{job=~\"weft\"}").toString());
        Map<String, String> variables =
                Map.of("job", "weft", "instance", instance, "__rate_interval", "30s");
        List<Dashboard.Query> queries = Dashboard.read().queries();
        assertTrue(queries.size() > 20, queries::toString);
        for (Dashboard.Query query : queries) {
            String asked = query.with(variables);
            prometheus.query(asked); // is PromQL, also where nothing is the good answer
            JsonNode series =
                    answered(prometheus, query.panel(), CHOICE.matcher(asked).replaceAll(""));
            Matcher label = LABEL.matcher(query.legend());
            while (label.find()) {
                for (JsonNode one : series) {
                    assertTrue(
                            !one.path("metric").path(label.group(1)).asText().isEmpty(),
                            query + " names no " + label.group(1) + ": " + one);
                }
            }
        }
    }

    private static JsonNode answered(Prometheus prometheus, String what, String expression)
            throws Exception {
        Map<String, JsonNode> answer = new TreeMap<>();
        TestHost.await(
                what + ": " + expression + " has numbers",
                () -> {
                    JsonNode series = prometheus.query(expression);
                    answer.put("", series);
                    return !series.isEmpty()
                            && series.findValues("value").stream()
                                    .noneMatch(value -> value.path(1).asText().equals("NaN"));
                });
        return answer.get("");
    }

    private static List<String> alerts() throws Exception {
        List<String> alerts =
                ALERT.matcher(Files.readString(Dashboard.FOLDER.resolve("weft-alerts.yml")))
                        .results()
                        .map(alert -> alert.group(1))
                        .toList();
        assertTrue(alerts.size() > 5, alerts::toString);
        return alerts;
    }

    @Test
    void each_alert_is_raised_when_it_should_and_not_before() throws Exception {
        Prometheus.need();
        Prometheus.tool(
                folder, "check", "rules", Dashboard.FOLDER.resolve("weft-alerts.yml").toString());
        Files.copy(Dashboard.FOLDER.resolve("weft-alerts.yml"), folder.resolve("weft-alerts.yml"));
        Path story = folder.resolve("alerts-test.yml");
        try (var in = MonitoringIT.class.getResourceAsStream("/alerts-test.yml")) {
            Files.copy(in, story);
        }
        Prometheus.tool(folder, "test", "rules", story.toString());
    }
}
