package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.api.task.TaskException;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills a JVM after each change on disk that a replacement or a roll back makes, and looks at what the next one makes of it: the old
 * version or the new, never none and never both.
 */
class KillTest {
    private static final int MOST_STEPS = 40;
    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(strings = {"replace", "rollback"})
    @Tag("once")
    void a_kill_after_any_step_leaves_the_old_version_or_the_new(String what) throws Exception {
        byte[] user = SkillJar.of("user").bytes();
        for (String version : List.of("1.0.0", "2.0.0", "3.0.0")) {
            byte[] words =
                    SkillJar.of("lib")
                            .says(version)
                            .with("Private-Package", "")
                            .with("Export-Package", "com.acme.words")
                            .bytes();
            byte[] echo = SkillJar.of("echo").version(version).says(version).bytes();
            Files.write(home.resolve(version), SkillJar.zip(echo, user, words));
        }
        List<String> either =
                what.equals("replace") ? List.of("1.0.0", "2.0.0") : List.of("2.0.0", "3.0.0");
        List<String> steps = new ArrayList<>();
        String last = "";
        for (int step = 1; !last.equals("done"); step++) {
            assertTrue(step < MOST_STEPS, steps.toString());
            List<String> lines = run(what, step);
            last = lines.get(lines.size() - 1);
            if (step > 1) {
                assertTrue(either.contains(lines.get(0)), steps + " then " + lines);
            }
            steps.add(last.replaceAll("[0-9a-f]{64}", "SHA").replaceAll("/\\S*/", ""));
        }
        System.out.println(what + " survives: " + steps);
        assertTrue(steps.size() > 5, steps.toString());
    }

    /** Runs a JVM that looks at what the one before left, begins anew, and is killed at a step.
     * @return what it says: the version that the one before left, and after what it was killed or "done" */
    private List<String> run(String what, int step) throws Exception {
        Path output = home.resolve("out");
        Process process =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "-Xshare:auto",
                                "-Dslf4j.provider=" + HaltingLog.class.getName(),
                                "-Dslf4j.internal.verbosity=WARN",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KillTest.class.getName(),
                                what,
                                home.toString(),
                                Integer.toString(step))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(240, TimeUnit.SECONDS), Files.readString(output));
            List<String> lines = Files.readAllLines(output);
            String last = lines.get(lines.size() - 1);
            assertTrue(
                    last.equals("done") && process.exitValue() == 0
                            || last.startsWith("killed after: ")
                                    && process.exitValue() == HaltingLog.KILLED,
                    lines.toString());
            return lines;
        } finally {
            process.destroyForcibly();
        }
    }

    /** The JVM that is killed.
     * @param arguments what to do, the folder, and after which change on disk to die
     * @throws Exception if the host does not do what it should */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[1]);
        int step = Integer.parseInt(arguments[2]);
        if (step > 1) {
            Host before = new Host(home.resolve("run" + (step - 1)));
            System.out.println(look(before));
            before.close();
        }
        Path folder = Files.createDirectories(home.resolve("run" + step));
        Host host = new Host(folder);
        put(host, home.resolve("1.0.0"));
        if (arguments[0].equals("rollback")) {
            put(host, home.resolve("2.0.0"));
            put(host, home.resolve("3.0.0"));
        }
        quiet(host, folder);
        HaltingLog.arm(step);
        if (arguments[0].equals("rollback")) {
            host.service(Deployments.class).rollback("echo", "").get(60, TimeUnit.SECONDS);
        } else {
            put(host, home.resolve("2.0.0"));
        }
        quiet(host, folder);
        System.out.println("done");
        host.close();
        System.exit(0);
    }

    private static void put(Host host, Path zip) throws Exception {
        State state =
                host.service(Deployments.class)
                        .put("echo.zip", new ByteArrayInputStream(Files.readAllBytes(zip)))
                        .get(60, TimeUnit.SECONDS)
                        .state();
        assertEquals(State.ACTIVE, state);
    }

    /** Waits until the last has been written down and swept away. */
    private static void quiet(Host host, Path folder) throws Exception {
        String version = host.say();
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(
                        () ->
                                host.bundles("test.echo").equals(List.of(version))
                                        && Files.readString(
                                                        folder.resolve("data/skills/state.json"))
                                                .contains(version));
    }

    private static String look(Host host) throws Exception {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(
                        () -> {
                            try {
                                return !host.say().isEmpty();
                            } catch (TaskException none) {
                                return false;
                            }
                        });
        String version = host.say();
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> host.bundles("test.echo").size() == 1);
        assertEquals(List.of(version), host.bundles("test.echo"));
        assertEquals(version, host.call("user.say"));
        return version;
    }
}
