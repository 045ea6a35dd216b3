package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A writer that dies at each of its writes in turn: what is on the disk then is what readers, and the next start, find. */
class KilledWriterTest {
    private static final int MOST_WRITES = 40;

    @TempDir Path temporary;
    private Shop shop;
    private Contents before;

    /** Does so many writes, and no more. */
    private static final class DyingFolder extends RepositoryFolder {
        private int left;

        DyingFolder(Path folder, int left) {
            super(folder);
            this.left = left;
        }

        private void step() {
            if (left-- == 0) {
                throw new Killed();
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

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void open() throws Exception {
        shop = new Shop(temporary);
        before = shop.read();
    }

    private interface Change {
        void on(RepositoryWriter writer) throws IOException;
    }

    /** Tries a change with ever more writes until it is done.
     * @return at how many writes it was killed */
    private int each(Change change) throws Exception {
        for (int writes = 0; writes < MOST_WRITES; writes++) {
            Path folder = shop.photograph();
            boolean killed = false;
            try {
                RepositoryWriter writer =
                        new RepositoryWriter(new DyingFolder(folder, writes), shop.clock);
                change.on(writer);
                writer.snapshot(Duration.ofDays(7), shop.owner);
            } catch (Killed expected) {
                killed = true;
            }
            Contents seen =
                    shop.reader.read(new FolderSource(folder), shop.root, Optional.of(before));
            assertTrue(seen.entries().size() >= 1, "after " + writes + " writes");
            RepositoryWriter next = new RepositoryWriter(folder, shop.clock);
            next.snapshot(Duration.ofDays(7), shop.owner);
            shop.reader.read(new FolderSource(folder), shop.root, Optional.of(seen));
            if (!killed) {
                return writes;
            }
        }
        throw new AssertionError("it does not end");
    }

    @Test
    void a_publication_is_there_or_not() throws Exception {
        Path jar = shop.jar("com.acme.words", "1.1.0");
        Releases.Release release = Releases.Release.of(jar, shop.clock);
        byte[] document =
                Signed.write(shop.writer.releases("com.acme").with(List.of(release)), shop.acme);
        int writes = each(writer -> writer.accept(document, any -> jar, shop.owner));
        assertTrue(writes >= 5, writes + " writes");
    }

    @Test
    void new_keys_of_a_publisher_count_or_not() throws Exception {
        HostKey fresh = shop.key("fresh");
        byte[] document = Signed.write(shop.writer.releases("com.acme").with(List.of()), fresh);
        Publishers.Publisher publisher =
                new Publishers.Publisher("com.acme", "Acme", Role.of(fresh.publicKey()));
        int writes =
                each(
                        writer -> {
                            writer.publisher(publisher, shop.owner);
                            writer.snapshot(Duration.ofDays(7), shop.owner);
                            writer.accept(
                                    document,
                                    none -> {
                                        throw new AssertionError("nothing is new");
                                    },
                                    shop.owner);
                        });
        assertTrue(writes >= 8, writes + " writes");
    }

    @Test
    void a_statement_is_said_or_not() throws Exception {
        Statement yank =
                Statement.of("test", "com.acme.words", "1.0.0", "yank", "x", shop.clock.instant());
        byte[] statement = Signed.write(yank, shop.acme);
        assertTrue(each(writer -> writer.accept(statement, shop.owner)) >= 3);
    }

    @Test
    void what_is_left_of_a_kill_does_not_pile_up() throws Exception {
        shop.later(Duration.ofHours(3));
        shop.snapshot();
        shop.later(Duration.ofHours(3));
        shop.snapshot();
        try (var files = Files.list(shop.folder)) {
            List<String> left =
                    new TreeSet<>(files.map(f -> f.getFileName().toString()).toList())
                            .stream().filter(n -> n.endsWith(".index.xml")).toList();
            assertEquals(2, left.size(), "what counts and what it replaced: " + left);
        }
    }
}
