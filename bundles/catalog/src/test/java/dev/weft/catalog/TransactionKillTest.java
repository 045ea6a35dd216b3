package dev.weft.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.catalog.Plan;
import dev.weft.api.task.TaskException;
import dev.weft.deploy.HaltingLog;
import dev.weft.deploy.SkillJar;
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
 * Kills a JVM after each change on disk that a transaction over several files makes, the deploy folder's own among them, and looks at
 * what the next one makes of it: all of it or nothing, of which the journal is gone.
 */
class TransactionKillTest {
    private static final int MOST_STEPS = 80;
    @TempDir Path home;

    @ParameterizedTest
    @ValueSource(strings = {"update", "uninstall", "failing"})
    @Tag("once")
    void a_kill_after_any_step_leaves_all_or_nothing(String what) throws Exception {
        Market market = new Market(home, "main");
        market.publish(
                echo("1.0.0"),
                echo("2.0.0"),
                Market.greet(),
                Market.skill("greeter").version("2.0.0"),
                Market.skill("broken"));
        Files.writeString(home.resolve("fingerprint"), market.fingerprint());
        List<String> steps = new ArrayList<>();
        String last = "";
        for (int step = 1; !last.equals("done"); step++) {
            assertTrue(step < MOST_STEPS, steps.toString());
            List<String> lines = run(what, step);
            last = lines.get(lines.size() - 1);
            steps.add(last.replaceAll("[0-9a-f]{64}", "SHA").replaceAll("/\\S*/", ""));
            if (step > 1) {
                List<String> allowed =
                        switch (what) {
                            case "update" -> List.of("1.0.0 hello", "2.0.0 hello again");
                            case "uninstall" -> List.of("1.0.0 hello", "none none");
                            default -> List.of("1.0.0 hello");
                        };
                assertTrue(allowed.contains(lines.get(0)), steps + " then " + lines);
            }
        }
        System.out.println(what + " survives: " + steps);
        assertTrue(steps.size() > 8, steps.toString());
    }

    private static SkillJar echo(String version) {
        return SkillJar.of(SkillJar.class, "com.acme.echo", "dev.weft.deploy.sample.echo")
                .version(version)
                .says(version);
    }

    /** Runs a JVM that looks at what the one before left, begins anew, and is killed at a step.
     * @return what it says: what the one before left, and after what it was killed or "done" */
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
                                TransactionKillTest.class.getName(),
                                what,
                                home.toString(),
                                Integer.toString(step))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            assertTrue(process.waitFor(240, TimeUnit.SECONDS), Files.readString(output));
            List<String> lines = Files.readAllLines(output);
            String last = lines.isEmpty() ? "" : lines.get(lines.size() - 1);
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
            Path run = home.resolve("run" + (step - 1));
            try (CatalogHost before = new CatalogHost(run)) {
                System.out.println(look(before, run));
            }
        }
        try (CatalogHost host = new CatalogHost(home.resolve("run" + step))) {
            host.catalog.add(
                    home.resolve("main").toString(),
                    Files.readString(home.resolve("fingerprint")),
                    0,
                    "signed-by-trusted",
                    List.of("*"));
            host.install("com.acme.echo@1.0.0", "com.acme.greet@1.0.0");
            assertEquals("1.0.0", host.host.call("echo.say"));
            Plan.Wish wish =
                    switch (arguments[0]) {
                        case "update" -> new Plan.Wish(null, List.of("echo", "greet"), null, null);
                        case "uninstall" ->
                                new Plan.Wish(null, null, List.of("echo", "greet"), null);
                        default -> new Plan.Wish(List.of("echo@2.0.0", "broken"), null, null, null);
                    };
            Plan plan = host.catalog.plan(wish);
            HaltingLog.arm(step);
            host.agree(plan);
        }
        System.out.println("done");
        System.exit(0);
    }

    private static String look(CatalogHost host, Path run) {
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .ignoreExceptions()
                .until(
                        () -> {
                            // Waits until the catalog has ended what it found.
                            host.catalog.plan(new Plan.Wish(null, List.of("*"), null, null));
                            return !Files.exists(run.resolve("data/catalog/transaction.json"));
                        });
        Awaitility.await()
                .atMost(60, TimeUnit.SECONDS)
                .until(() -> host.catalog.installed().size() == files(run));
        return say(host, "echo.say") + " " + say(host, "greet.hello");
    }

    private static int files(Path run) throws Exception {
        try (var all = Files.list(run.resolve("deploy"))) {
            return (int) all.filter(f -> f.getFileName().toString().endsWith(".jar")).count();
        }
    }

    private static String say(CatalogHost host, String tool) {
        try {
            return host.host.call(tool);
        } catch (TaskException none) {
            return "none";
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
