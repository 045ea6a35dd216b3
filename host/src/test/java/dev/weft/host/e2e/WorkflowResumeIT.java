package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.host.framework.SkillJars;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host is killed in the middle of a workflow: started again, it goes on where it was. */
@Tag("once")
class WorkflowResumeIT {
    @TempDir Path folder;

    @Test
    void finished_steps_are_not_done_again() throws Exception {
        Path effects = Files.createDirectories(folder.resolve("effects"));
        try (TestHost host = new TestHost(folder.resolve("host"), "one")) {
            SkillJars.make(host.deploy(), "appender.jar", "appender", "1.0.0");
            Path workflows = Files.createDirectories(host.data.resolve("workflows"));
            Files.writeString(
                    workflows.resolve("three.yaml"),
                    """
                    input: {folder: {}}
                    steps:
                      - loop:
                          at_most: 2
                          steps:
                            - {id: twice, skill: appender.append, input: {file: "${input.folder}/twice", millis: 1}}
                      - {id: said, supervisor: "how are you?"}
                      - {id: slow, skill: appender.append, input: {file: "${input.folder}/slow", millis: 5000}}
                      - {id: last, skill: appender.append, input: {file: "${input.folder}/last", millis: 1}}
                    result: {said: "${steps.said}", slow: "${steps.slow}"}
                    """);
            host.start();
            TestHost.await("the workflow", () -> host.lists("workflow", "one"));
            TestHost.await("the skill", () -> host.lists("appender", "one"));
            String task = submit(host, effects);
            TestHost.await("the third step", () -> Files.exists(effects.resolve("slow.runs")));
            host.program().kill();
            host.start();
            Awaitility.await("the end")
                    .atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(200))
                    .ignoreExceptions()
                    .until(
                            () ->
                                    Rest.get(host, "/api/hub/tasks/" + task)
                                            .path("state")
                                            .asText()
                                            .equals("completed"));
            JsonNode done = Rest.get(host, "/api/hub/tasks/" + task);
            assertEquals(2, Files.readAllLines(effects.resolve("twice.runs")).size());
            assertEquals(2, Files.readAllLines(effects.resolve("twice")).size());
            List<String> runs = Files.readAllLines(effects.resolve("slow.runs"));
            assertEquals(2, runs.size(), runs::toString);
            assertEquals(1, Files.readAllLines(effects.resolve("slow")).size());
            assertEquals(2, done.at("/result/slow").asInt(), done::toString);
            assertEquals(1, Files.readAllLines(effects.resolve("last")).size());
        }
    }

    private static String submit(TestHost host, Path effects) throws Exception {
        String body =
                Wire.write(
                        (Object)
                                Wire.object()
                                        .put("skill", "workflow.three")
                                        .put("ttl", 300)
                                        .set(
                                                "payload",
                                                Wire.object().put("folder", effects.toString())));
        HttpResponse<String> response =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(URI.create(host.url() + "/api/hub/tasks"))
                                        .header("X-API-Key", host.localKey())
                                        .header("Content-Type", "application/json")
                                        .POST(HttpRequest.BodyPublishers.ofString(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, response.statusCode(), response.body());
        return Wire.tree(response.body()).path("id").asText();
    }
}
