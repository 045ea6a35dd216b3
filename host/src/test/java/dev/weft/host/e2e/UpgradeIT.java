package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data directory that version 0.1 wrote (a host with a deployed skill, a finished task and one that it did not come to, two keys) is taken over by this version. The archive
 * stays as it is; each later version whose layout differs adds one of its own.
 */
class UpgradeIT {
    private static final Path WRITTEN = Path.of("src/test/resources/upgrade/data-0.1.tar.gz");
    private static final String AGENT = "agent-6a05d4";
    private static final String TASK = "tbxe86t0943z";
    private static final String UNFINISHED = "tbxe86t0944y";
    private static final String FIRST_KEY = "wk_arRIVi3px6jIaK1QVC1AiyF67c7BV-LCOkYP-miV-pU";
    private static final String VIEWER_KEY = "wk_rXV0H_oYClBkMPN0oxkEN7yI0T7wz4aHjoJ8Mqxcid8";

    @TempDir Path folder;

    @Test
    void data_of_version_0_1_is_kept() throws Exception {
        try (TestHost host = new TestHost(folder.resolve("keeper"), "keeper")) {
            Files.createDirectories(host.data);
            assertEquals(
                    0,
                    new ProcessBuilder(
                                    "tar",
                                    "xzf",
                                    WRITTEN.toAbsolutePath().toString(),
                                    "-C",
                                    host.data.toString())
                            .inheritIO()
                            .start()
                            .waitFor());
            Path unfinished = folder.resolve("unfinished");
            leave(host.data.resolve("tasks/journal.log"), unfinished);
            host.start();
            assertTrue(
                    !host.program().text().contains("admin key"),
                    "its keys are known: no new one is made");
            JsonNode self = host.json("agents").path(0);
            assertEquals(AGENT, self.path("agent_id").asText(), "who it is");
            assertEquals(200, status(host, "/api/hub/tasks/all", FIRST_KEY));
            assertEquals(200, status(host, "/api/registry/agents", VIEWER_KEY));
            assertEquals(403, status(host, "/api/keys", VIEWER_KEY), "a viewer is still a viewer");
            JsonNode task = Rest.get(host, "/api/hub/tasks/" + TASK);
            assertEquals("completed", task.path("state").asText(), task.toString());

            TestHost.await("the skill", () -> host.lists("appender", "keeper"));
            TestHost.await(
                    "the task that 0.1 did not come to",
                    () ->
                            Rest.get(host, "/api/hub/tasks/" + UNFINISHED)
                                            .path("state")
                                            .asText()
                                            .equals("completed")
                                    && Files.readString(unfinished).contains(UNFINISHED));
            JsonNode again =
                    host.json(
                            "call",
                            "appender.append",
                            "file=" + folder.resolve("effects"),
                            "millis=1");
            assertEquals("completed", again.path("state").asText(), again.toString());
            Program.Result audit = host.weft("audit", "verify");
            assertTrue(audit.text().contains("the chain is whole"), audit.text());
            assertEquals(0, host.stop());
        }
    }

    /** Adds to a journal of 0.1 a task that it accepted and never began, and dates the others: only the times are of today. */
    private static void leave(Path journal, Path effect) throws Exception {
        Instant now = Instant.now();
        String task =
                """
                {"id":"%s","skill":"appender","tool":"append","target":"%s","state":"submitted","path":"","updated":"%s","sequence":1,"attempt":0,\
                "approved":"","error":null,"question":null,"said":[],"input":{"file":"%s","millis":1},"source":"%s","created":"%s","deadline":"%s",\
                "traceparent":"00-a7c03471397b76b77d60e854f27874f1-eb4a4b82d3d3ff68-01","reference":"appender.append","caller":"","origin":"own",\
                "depth":0,"nested":false,"key":"","idempotency_key":"","when_away":false,"priority":"normal"}"""
                        .formatted(
                                UNFINISHED,
                                AGENT,
                                now,
                                effect,
                                AGENT,
                                now,
                                now.plus(Duration.ofMinutes(10)));
        // what was done is kept until ten minutes after its deadline, which is past by now
        String deadline = "\"deadline\":\"" + now.plus(Duration.ofMinutes(10)) + "\"";
        StringBuilder lines = new StringBuilder();
        for (String line : Files.readAllLines(journal)) {
            lines.append(
                    checked(line.substring(9).replaceAll("\"deadline\":\"[^\"]*\"", deadline)));
        }
        Files.writeString(journal, lines + checked(task));
    }

    private static String checked(String json) {
        CRC32C sum = new CRC32C();
        sum.update(json.getBytes(StandardCharsets.UTF_8));
        return "%08x %s\n".formatted(sum.getValue(), json);
    }

    private static int status(TestHost host, String path, String key) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(host.url() + path))
                                .header("X-API-Key", key)
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
