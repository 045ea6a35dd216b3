package dev.weft.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests of the agent share: a small mesh, and an agent in it that the test makes. */
abstract class AgentTest {
    static final Duration TIME = Duration.ofSeconds(60);

    @TempDir Path folder;

    final ExecutorService blocking = Executors.newCachedThreadPool();
    final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    final World world = new World(blocking);
    PromptAgent agent;

    @AfterEach
    void stop() throws Exception {
        agent.stop();
        blocking.shutdownNow();
        timer.shutdownNow();
        assertTrue(blocking.awaitTermination(60, TimeUnit.SECONDS));
        assertTrue(timer.awaitTermination(60, TimeUnit.SECONDS));
    }
}
