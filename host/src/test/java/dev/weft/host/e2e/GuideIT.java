package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the commands of docs/getting-started.md and of all lessons of the tour, in order, on the same hosts. */
@Tag("once")
class GuideIT {
    private static final Path DOCS = Path.of("..", "docs");
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
        }
    }
}
