package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs what docs/writing-a-skill.md says, from nothing to called by a peer. */
@Tag("once")
class WritingSkillIT {
    @TempDir Path folder;

    @Test
    void every_step_does_what_it_says() throws Exception {
        try (Transcript transcript = new Transcript(folder)) {
            int steps = transcript.run(Path.of("..", "docs", "writing-a-skill.md"));
            assertTrue(steps >= 12, steps + " commands");
        }
    }
}
