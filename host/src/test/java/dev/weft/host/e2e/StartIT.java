package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first and the last second of a host. */
@Tag("once")
class StartIT {
    private static final String TASKS = "/api/hub/tasks/all";
    @TempDir Path folder;

    @Test
    void a_host_that_starts_says_so_until_it_answers() throws Exception {
        try (TestHost host = new TestHost(folder.resolve("host"), "host");
                Program run =
                        Program.start(
                                folder, "run", "--port", "0", "--data", host.data.toString())) {
            List<String> refusals = new ArrayList<>();
            Awaitility.await("an answer")
                    .atMost(Duration.ofSeconds(120))
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> answers(host, refusals));
            System.out.println("answers of a host that starts: " + refusals.size());
            run.await(line -> line.contains(" is ready after "));
            assertEquals(200, Rest.send(host, TASKS).statusCode());
        }
    }

    /** Nothing but that it starts is a good reason. */
    private static boolean answers(TestHost host, List<String> refusals) throws Exception {
        if (!Files.exists(host.data.resolve("weft.port"))
                || !Files.exists(host.data.resolve("run/local.key"))) {
            return false;
        }
        HttpResponse<String> response;
        try {
            response = Rest.send(host, TASKS);
        } catch (IOException notYet) {
            return false;
        }
        if (response.statusCode() == 200) {
            return true;
        }
        refusals.add(response.body());
        assertEquals(503, response.statusCode(), response.body());
        assertEquals("starting", Wire.tree(response.body()).path("error").asText());
        assertEquals("1", response.headers().firstValue("Retry-After").orElse(""));
        return false;
    }

    @Test
    void a_host_that_only_checks_itself_writes_all_down_before_its_database_is_closed()
            throws Exception {
        for (int i = 0; i < 3; i++) {
            Program.Result check =
                    Program.run(folder, "run", "--check", "--port", "0", "--data", "checked");
            assertEquals(0, check.exit(), check.text());
        }
        List<String> log = Files.readAllLines(folder.resolve("checked/log/weft.log"));
        assertFalse(log.isEmpty());
        assertEquals(
                List.of(),
                log.stream()
                        .filter(line -> line.matches("\\S+ (WARN|ERROR) .*"))
                        .filter(line -> line.matches("(?i).*(database|hikari|closed).*"))
                        .toList());
    }
}
