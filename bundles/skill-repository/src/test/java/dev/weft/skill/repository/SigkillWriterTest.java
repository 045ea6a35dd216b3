package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that publishes gets SIGKILL while it does each of its writes in turn. {@link KilledWriterTest} stops exactly between them. */
@Tag("once")
class SigkillWriterTest {
    private static final int MOST_WRITES = 40;
    private static final int SIGKILL = 137;

    @TempDir Path temporary;

    /** Tells before each write, and goes on when it is told to. */
    private static final class ToldFolder extends RepositoryFolder {
        ToldFolder(Path folder) {
            super(folder);
        }

        private static void step() throws IOException {
            System.out.println("write");
            if (System.in.read() < 0) {
                throw new IOException("the test is gone");
            }
        }

        @Override
        void write(String name, byte[] bytes) throws IOException {
            step();
            super.write(name, bytes);
        }

        @Override
        void copy(String name, Path file) throws IOException {
            step();
            super.copy(name, file);
        }
    }

    /** The process that is killed.
     * @param arguments folder of the repository, folder of the keys, jar, time
     * @throws IOException if it cannot publish */
    public static void main(String[] arguments) throws IOException {
        Path keys = Path.of(arguments[1]);
        HostKey owner = HostKey.loadOrCreate(keys.resolve("owner"));
        HostKey acme = HostKey.loadOrCreate(keys.resolve("acme"));
        Clock clock = Clock.fixed(Instant.parse(arguments[3]), ZoneOffset.UTC);
        RepositoryWriter writer =
                new RepositoryWriter(new ToldFolder(Path.of(arguments[0])), clock);
        writer.publish("com.acme", Path.of(arguments[2]), acme);
        writer.snapshot(Duration.ofDays(7), owner);
        System.out.println("done");
    }

    @Test
    void what_a_killed_process_leaves_is_the_old_state_or_the_new_and_can_be_written_on()
            throws Exception {
        Shop shop = new Shop(temporary);
        Contents before = shop.read();
        Path jar = shop.jar("com.acme.words", "1.1.0");
        int kills = 0;
        for (boolean done = false; !done; kills++) {
            assertTrue(kills < MOST_WRITES, "it does not end");
            Path folder = shop.photograph();
            done = run(folder, jar, shop.clock.instant(), kills);
            Contents seen =
                    shop.reader.read(new FolderSource(folder), shop.root, Optional.of(before));
            int releases = seen.entries().size();
            assertTrue(done ? releases == 2 : releases >= 1, kills + ": " + releases);
            RepositoryWriter next = new RepositoryWriter(folder, shop.clock);
            next.snapshot(Duration.ofDays(7), shop.owner);
            shop.reader.read(new FolderSource(folder), shop.root, Optional.of(seen));
        }
        assertTrue(kills > 5, kills + " kills");
    }

    /** Lets a process do so many writes, and kills it while it does the next.
     * @return whether it was done before */
    private boolean run(Path folder, Path jar, Instant now, int writes) throws Exception {
        Process process =
                new ProcessBuilder(
                                System.getProperty("java.home") + "/bin/java",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                SigkillWriterTest.class.getName(),
                                folder.toString(),
                                temporary.resolve("keys").toString(),
                                jar.toString(),
                                now.toString())
                        .redirectError(temporary.resolve("errors").toFile())
                        .start();
        try (BufferedReader lines = process.inputReader()) {
            int told = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.equals("done")) {
                    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
                    return true;
                }
                process.outputWriter().write('\n');
                process.outputWriter().flush();
                if (told++ == writes) {
                    process.destroyForcibly();
                    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
                    int exit = process.exitValue(); // 0 if its last write was faster
                    assertTrue(exit == SIGKILL || exit == 0, "exit " + exit);
                    return false;
                }
            }
            throw new AssertionError(Files.readString(temporary.resolve("errors")));
        } finally {
            process.destroyForcibly();
        }
    }
}
