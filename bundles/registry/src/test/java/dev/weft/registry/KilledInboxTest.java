package dev.weft.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.registry.Inbox.Entry;
import dev.weft.api.registry.Inbox.Submission;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A registry under load is killed again and again; what it acknowledged is there, and nothing was handed out twice. */
@Timeout(600)
class KilledInboxTest {
    private static final AgentId AGENT = new AgentId("agent-a");
    @TempDir Path folder;
    private final Set<String> submitted = new HashSet<>();
    private final Set<String> taken = new HashSet<>();
    private final Set<String> completed = new HashSet<>();

    @ParameterizedTest
    @CsvSource({"H2, 20", "POSTGRESQL, 5"})
    void what_was_acknowledged_survives_every_kill(TestDatabase kind, int kills) throws Exception {
        TestDatabase.Place place = kind.create(folder);
        Random random = new Random(kills);
        for (int kill = 1; kill <= kills; kill++) {
            killAfter(20 + random.nextInt(150), place);
            check(place, "after kill " + kill);
        }
        assertTrue(completed.size() > 5 * kills, completed.size() + " tasks were completed");
    }

    private void killAfter(int lines, TestDatabase.Place place) throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Worker.class.getName(),
                                place.url(),
                                place.user(),
                                place.passwordFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader output =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            int read = 0;
            for (String line = next(output); line != null; line = next(output)) {
                note(line);
                if (++read == lines) {
                    child.toHandle().destroyForcibly(); // SIGKILL; what is in the pipe counts
                }
            }
            assertTrue(read >= lines, "the worker ended by itself after " + read + " lines");
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        }
    }

    private static String next(BufferedReader output) throws IOException {
        String line = output.readLine();
        return line == null || line.length() < 14 ? null : line; // cut short: never acknowledged
    }

    private void note(String line) {
        String id = line.substring(2, 14);
        switch (line.charAt(0)) {
            case 'S' -> assertTrue(submitted.add(id), line);
            case 'T' -> assertTrue(taken.add(id), id + " was handed out twice");
            case 'C' -> assertTrue(completed.add(id), line);
            default -> throw new AssertionError(line);
        }
    }

    private void check(TestDatabase.Place place, String when) throws Exception {
        try (Worker worker = new Worker(place)) {
            Map<String, String> states = new HashMap<>();
            worker.database
                    .query(
                            "SELECT id, state, result FROM registry_tasks",
                            row ->
                                    List.of(
                                            row.getString(1),
                                            row.getString(2) + " " + row.getString(3)))
                    .forEach(row -> states.put(row.get(0), row.get(1)));
            submitted.forEach(id -> assertTrue(states.containsKey(id), when + ": lost " + id));
            taken.forEach(
                    id ->
                            assertTrue(
                                    !states.get(id).startsWith("pending"),
                                    when + ": taken, but waits again: " + id));
            completed.forEach(id -> assertEquals("completed done " + id, states.get(id), when));
        }
    }

    /** A registry without a face; in a process of its own it submits, takes and completes tasks and says so, until it is killed. */
    static final class Worker implements AutoCloseable {
        private final dev.weft.store.SqlStore store;
        final RegistryDatabase database;
        private final TaskInbox inbox;

        Worker(TestDatabase.Place place) {
            store = place.open(8);
            database = new RegistryDatabase(store);
            TestCluster.Node alone = TestCluster.alone();
            Announcer announcer = new Announcer(new Bench.Silence(), null);
            Members members = new Members(database, new Bench.Local(), alone, announcer);
            Directory directory =
                    new Directory(
                            database,
                            members,
                            announcer,
                            alone,
                            Duration.ofDays(7),
                            HealthTimes.DEFAULT,
                            java.time.InstantSource.system());
            inbox =
                    new TaskInbox(
                            database,
                            directory,
                            alone,
                            new InboxTimes(),
                            Duration.ofHours(24),
                            100_000,
                            Duration.ofHours(1),
                            java.time.InstantSource.system());
        }

        public static void main(String[] arguments) {
            Worker worker =
                    new Worker(new TestDatabase.Place(arguments[0], arguments[1], arguments[2]));
            for (int i = 0; i < 3; i++) {
                new Thread(worker::work).start();
            }
        }

        private void work() {
            while (true) {
                Submission task =
                        new Submission(
                                "", AGENT.value(), "load", Wire.object().put("path", "/"), 3600);
                System.out.println("S " + inbox.submit(task).id());
                for (Entry entry : inbox.take(AGENT, List.of())) {
                    System.out.println("T " + entry.id());
                    inbox.update(entry.id(), AGENT, "completed", "done " + entry.id(), "");
                    System.out.println("C " + entry.id());
                }
            }
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
