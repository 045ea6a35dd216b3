package dev.weft.deploy;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.api.task.TaskException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** What the tests share that drop files into a host. */
abstract class HostTest {
    @TempDir Path home;

    Host host;

    @BeforeEach
    void start() throws Exception {
        host = new Host(home);
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    /** A new run of the host on the same folders. */
    void restart(String... settings) throws Exception {
        host.close();
        host = new Host(home, settings);
    }

    static ConditionFactory soon() {
        return await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(30));
    }

    Deployment state(String file, State state) throws InterruptedException {
        soon().until(() -> host.file(file).map(found -> found.state() == state).orElse(false));
        return host.file(file).orElseThrow();
    }

    /** Waits for a file to be dealt with; it is so with all its words at once in list, event, health and {@code .error} file. */
    String reason(String file, State state) throws Exception {
        String reason = state(file, state).reason();
        assertEquals(reason, Files.readString(host.deploy.resolve(file + ".error")).strip());
        assertTrue(
                host.events.contains("skill.failed {file=" + file + ", reason=" + reason + "}"),
                host.events.toString());
        return reason;
    }

    boolean says(String tool, String text) throws InterruptedException {
        try {
            return host.call(tool).equals(text);
        } catch (TaskException e) {
            return false;
        }
    }

    void says(String text) {
        soon().until(() -> says("echo.say", text));
    }

    Deployment rollback(String skill, String version) throws Exception {
        try {
            return host.service(Deployments.class)
                    .rollback(skill, version)
                    .get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException known ? known : e;
        }
    }

    /** Deploys a version of echo that says its version; it is callable a moment before the list shows it as active. */
    void echo(String version) throws Exception {
        host.drop("echo.jar", SkillJar.of("echo").version(version).says(version).bytes());
        says(version);
        soon().until(
                        () ->
                                host.file("echo.jar")
                                        .map(
                                                file ->
                                                        file.state() == State.ACTIVE
                                                                && file.version().equals(version))
                                        .orElse(false));
    }
}
