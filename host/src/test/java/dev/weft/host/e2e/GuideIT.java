package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/getting-started.md and of all lessons of the tour, in order, on the same hosts. */
@Tag("once")
class GuideIT {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern METRIC =
            Pattern.compile("\\b(?:weft|jvm|process)_[a-z_]+\\b(?!\\.|-)");

    @TempDir Path folder;

    @Test
    void every_command_does_what_it_says() throws Exception {
        List<Path> pages = new ArrayList<>(List.of(DOCS.resolve("getting-started.md")));
        try (Stream<Path> lessons = Files.list(DOCS.resolve("tour"))) {
            lessons.filter(page -> page.getFileName().toString().matches("\\d.*"))
                    .sorted()
                    .forEach(pages::add);
        }
        assertTrue(pages.size() > 14, pages::toString);
        try (Transcript transcript = new Transcript(folder)) {
            int steps = 0;
            for (Path page : pages) {
                steps += transcript.run(page);
            }
            assertTrue(steps > 70, steps + " commands");
            every_number_of_the_monitoring_files_is_measured(transcript.port(0));
        }
    }

    private void every_number_of_the_monitoring_files_is_measured(String port) throws Exception {
        // A host that was just started knows no tasks yet, and counts none.
        Program.Result task =
                Program.run(folder, "call", "disk.usage", "path=/", "--data", "first");
        assertEquals(0, task.exit(), task.text());
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                        .header(
                                "X-API-Key",
                                Files.readString(folder.resolve("first/run/local.key")).strip())
                        .build();
        String exposed =
                HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .body();
        Set<String> missing = new TreeSet<>();
        for (String file : List.of("weft-dashboard.json", "weft-alerts.yml")) {
            missing.addAll(names(Files.readString(DOCS.resolve("monitoring").resolve(file))));
        }
        assertTrue(missing.size() > 15, () -> "names in the files: " + missing);
        missing.removeAll(names(exposed));
        assertTrue(missing.isEmpty(), () -> "not in /metrics: " + missing);
    }

    private static Set<String> names(String text) {
        Matcher name = METRIC.matcher(text);
        return name.results().map(match -> match.group()).collect(Collectors.toSet());
    }
}
