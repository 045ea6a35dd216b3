package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.host.framework.SkillJars;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole host, a skill that is called all the time and replaced again and again: nothing of the old ones stays, no call fails. */
@Tag("once")
class LeakIT {
    private static final int WARM_UP = 40;
    private static final int REDEPLOYS = 200;
    private static final String LOADER =
            "org.apache.felix.framework.BundleWiringImpl$BundleClassLoader";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir Path folder;

    /** What lives after a full collection. */
    private record Figures(long bytes, long classes, long threads, long loaders) {
        static Figures of(TestHost host) throws Exception {
            String text = histogram(host.program().pid());
            Matcher total = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)").matcher(text);
            if (!total.find()) {
                throw new IllegalStateException("the JVM does not tell: " + text);
            }
            return new Figures(
                    Long.parseLong(total.group(1)),
                    instances(text, "java.lang.Class"),
                    instances(text, "java.lang.Thread"),
                    instances(text, LOADER));
        }

        /** Threads of the host's pools come and go with the load, and end when they were idle for half a minute. */
        boolean isAt(Figures level) {
            return loaders <= level.loaders + 1
                    && bytes < level.bytes + (8 << 20)
                    && classes < level.classes + 200
                    && threads <= level.threads + 20;
        }

        private static String histogram(long pid) throws Exception {
            Process jcmd =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                            .toString(),
                                    String.valueOf(pid),
                                    "GC.class_histogram")
                            .redirectErrorStream(true)
                            .start();
            try {
                return new String(jcmd.getInputStream().readAllBytes());
            } finally {
                jcmd.waitFor();
            }
        }

        private static long instances(String text, String type) {
            Matcher line =
                    Pattern.compile(
                                    "(?m)^\\s*\\d+:\\s+(\\d+)\\s+\\d+\\s+"
                                            + Pattern.quote(type)
                                            + "[\\s(]")
                            .matcher(text);
            return line.find() ? Long.parseLong(line.group(1)) : 0;
        }
    }

    @Test
    void hundreds_of_redeploys_under_calls_leave_everything_at_its_level() throws Exception {
        byte[][] jars = new byte[2][];
        for (int i = 0; i < 2; i++) {
            jars[i] =
                    Files.readAllBytes(
                            SkillJars.make(
                                    folder.resolve("jars"),
                                    "greeter" + i + ".jar",
                                    "greeter",
                                    "1." + i + ".0"));
        }
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        AtomicInteger calls = new AtomicInteger();
        try (TestHost host = new TestHost(folder.resolve("host"), "one")) {
            Path etc = Files.createDirectories(host.data.resolve("etc"));
            // what is kept of finished tasks is no leak, but grows until it is full
            Files.writeString(etc.resolve("few.json"), "{\"dev.weft.tasks\":{\"history\":50}}");
            host.start();
            redeploy(host, jars, 1);
            Thread caller = new Thread(() -> call(host, calls, failures));
            caller.start();
            try {
                redeploy(host, jars, WARM_UP);
                Figures before = settled(host);
                redeploy(host, jars, REDEPLOYS);
                Figures after =
                        Awaitility.await("everything back at its level: " + before)
                                .atMost(PATIENCE)
                                .pollInterval(Duration.ofSeconds(2))
                                .ignoreExceptions()
                                .until(() -> Figures.of(host), figures -> figures.isAt(before));
                System.out.printf(
                        "%d redeploys, %d calls: %s -> %s%n",
                        REDEPLOYS, calls.get(), before, after);
            } finally {
                caller.interrupt();
                caller.join();
            }
            assertEquals(0, failures.size(), failures::toString);
            assertTrue(calls.get() > REDEPLOYS / 2, "calls: " + calls);
            String health = Rest.send(host, "/api/health").body();
            assertTrue(!health.contains("is gone but left"), health);
        }
    }

    /** The figures, once the class loaders of the versions before are gone. */
    private static Figures settled(TestHost host) {
        Figures[] last = {null};
        return Awaitility.await("class loaders that stay")
                .atMost(PATIENCE)
                .pollInterval(Duration.ofSeconds(2))
                .ignoreExceptions()
                .until(
                        () -> {
                            Figures earlier = last[0];
                            last[0] = Figures.of(host);
                            return earlier != null && last[0].loaders >= earlier.loaders
                                    ? last[0]
                                    : null;
                        },
                        figures -> figures != null);
    }

    private static void redeploy(TestHost host, byte[][] jars, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            String version = "1." + i % 2 + ".0";
            Path whole = host.data.resolve("greeter.part");
            Files.write(whole, jars[i % 2]);
            Files.move(whole, host.deploy().resolve("greeter.jar"), StandardCopyOption.ATOMIC_MOVE);
            Awaitility.await("version " + version)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .ignoreExceptions()
                    .until(
                            () -> {
                                for (var skill : Rest.get(host, "/api/skills")) {
                                    if (skill.path("id").asText().equals("greeter")
                                            && skill.path("version").asText().equals(version)) {
                                        return true;
                                    }
                                }
                                return false;
                            });
        }
    }

    private static void call(TestHost host, AtomicInteger calls, Queue<String> failures) {
        HttpClient http = HttpClient.newHttpClient();
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(host.url() + "/api/hub/tasks"))
                            .header("X-API-Key", host.localKey())
                            .header("Content-Type", "application/json")
                            .timeout(PATIENCE)
                            .POST(
                                    HttpRequest.BodyPublishers.ofString(
                                            "{\"skill\":\"greeter.greet\",\"payload\":{\"name\":\"x\"},\"ttl\":60,\"wait\":60,\"durable\":false}"))
                            .build();
            while (!Thread.currentThread().isInterrupted()) {
                String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
                calls.incrementAndGet();
                if (!body.contains("\"state\":\"completed\"")) {
                    failures.add(body);
                }
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        } catch (java.io.IOException broken) {
            failures.add(broken.toString());
        }
    }
}
