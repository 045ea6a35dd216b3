package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle that cannot resolve is named with what it misses, on the console and in health; the rest goes on. */
@Tag("once")
class BrokenBundleIT {
    @TempDir Path folder;

    @Test
    void bundle_that_does_not_resolve_is_named_with_the_missing_requirement() throws Exception {
        Path dist = damaged("HikariCP");
        Path data = folder.resolve("data");
        try (Program host =
                Program.startOf(
                        dist,
                        folder,
                        "run",
                        "--name",
                        "broken",
                        "--port",
                        "0",
                        "--data",
                        data.toString())) {
            host.await(line -> line.contains("is NOT ready"));
            String reason =
                    host.await(
                            line ->
                                    line.contains("dev.weft.store")
                                            && line.contains("com.zaxxer.hikari"));
            assertTrue(reason.length() < 300, reason);
            URI health =
                    URI.create(
                            "http://127.0.0.1:"
                                    + Files.readString(data.resolve("weft.port")).strip()
                                    + "/api/health");
            HttpResponse<String> answer =
                    HttpClient.newHttpClient()
                            .send(
                                    HttpRequest.newBuilder(health).build(),
                                    HttpResponse.BodyHandlers.ofString());
            assertEquals(503, answer.statusCode(), answer.body());
            assertTrue(answer.body().contains("com.zaxxer.hikari"), answer.body());
            assertEquals(0, host.terminate());
        }
        try (Program check =
                Program.startOf(
                        dist,
                        folder,
                        "run",
                        "--check",
                        "--port",
                        "0",
                        "--data",
                        folder.resolve("check").toString())) {
            assertEquals(1, check.awaitExit());
        }
    }

    /** Its class archive was made for another folder, which the JVM would say on the standard output. */
    @Test
    void moved_distribution_prints_what_it_was_asked_for_and_no_more() throws Exception {
        try (Program version = Program.startOf(damaged("HikariCP"), folder, "version")) {
            assertEquals(0, version.awaitExit());
            assertEquals(1, version.text().strip().lines().count(), version.text());
        }
    }

    /** The distribution without one of its bundles. */
    private Path damaged(String without) throws IOException {
        Path dist = Files.createDirectories(folder.resolve("dist"));
        for (String part : List.of("lib", "bundles", "native", "skills", "etc")) {
            Files.createSymbolicLink(dist.resolve(part), Program.HOME.resolve(part));
        }
        Files.createDirectories(dist.resolve("bin"));
        Files.copy(
                Program.HOME.resolve("bin/weft"),
                dist.resolve("bin/weft"),
                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        List<String> all = Files.readAllLines(Program.HOME.resolve("roles/all-in-one.list"));
        List<String> rest = all.stream().filter(jar -> !jar.startsWith(without)).toList();
        assertTrue(rest.size() == all.size() - 1, "one bundle is missing");
        Files.createDirectories(dist.resolve("roles"));
        Files.write(dist.resolve("roles/all-in-one.list"), rest);
        return dist;
    }
}
