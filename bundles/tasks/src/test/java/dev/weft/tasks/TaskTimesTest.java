package dev.weft.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.health.Histogram;
import dev.weft.api.task.TaskHandle;
import dev.weft.protocol.Wire;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TaskTimesTest {
    private final Host host = new Host("here");

    @AfterEach
    void close() throws Exception {
        host.close();
    }

    private Histogram times(String name, String outcome) {
        return host.engine.engine().runs().times().all().stream()
                .filter(one -> one.name().equals(name))
                .filter(one -> one.labels().getOrDefault("outcome", "").equals(outcome))
                .findFirst()
                .orElseThrow();
    }

    private static long count(Histogram times) {
        return Arrays.stream(times.counts()).sum();
    }

    @Test
    void every_task_counts_once_by_what_became_of_it() throws Exception {
        host.skills.with("echo", (input, context) -> TextNode.valueOf("hi"));
        host.skills.with(
                "thrower",
                (input, context) -> {
                    Thread.sleep(20); // the time that is to be measured
                    throw new IllegalStateException("on purpose");
                });
        for (String skill : new String[] {"echo.run", "echo.run", "thrower.run", "nothing.run"}) {
            TaskHandle handle = host.submit(skill, Wire.object());
            handle.done().get(30, TimeUnit.SECONDS);
        }
        assertEquals(2, count(times("weft_task_seconds", "completed")));
        assertEquals(1, count(times("weft_task_seconds", "failed")));
        assertEquals(1, count(times("weft_task_seconds", "rejected")));
        assertEquals(2, count(times("weft_task_run_seconds", "completed")));
        assertEquals(1, count(times("weft_task_run_seconds", "failed")));
        assertEquals(0, count(times("weft_task_run_seconds", "rejected")), "never begun");
        assertEquals(3, count(times("weft_task_wait_seconds", "")));
        Histogram failed = times("weft_task_run_seconds", "failed");
        assertTrue(failed.sum() >= 0.019, () -> failed.sum() + " s");
        assertEquals(0, failed.counts()[0], "not in the bucket of one millisecond");
        assertTrue(times("weft_task_seconds", "failed").sum() >= failed.sum());
    }
}
