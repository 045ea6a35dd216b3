package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the README's transcript as it stands there. */
@Tag("once")
class ReadmeIT {
    @TempDir Path folder;

    @Test
    void transcript_does_what_it_says() throws Exception {
        try (Transcript transcript = new Transcript(folder)) {
            int steps = transcript.run(Path.of("..", "README.md"));
            assertTrue(steps >= 9, steps + " commands");
        }
    }
}
