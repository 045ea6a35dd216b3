package dev.weft.repository;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import dev.weft.api.repository.RepositoryException;
import dev.weft.api.repository.RepositoryException.Code;
import dev.weft.api.repository.SkillRepository;
import dev.weft.skill.repository.Contents;
import dev.weft.skill.repository.LocalCopy;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Source;
import dev.weft.store.SqlStore;
import dev.weft.store.TestCluster;
import dev.weft.store.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts over one PostgreSQL have one repository. */
class SharedRepositoryTest {
    @TempDir Path temporary;
    private final TestCluster wires = new TestCluster();
    private final List<Host> hosts = new ArrayList<>();
    private TestDatabase.Place place;
    private Host left;
    private Host right;
    private Publisher acme;
    private LocalCopy reader;

    @BeforeEach
    void open() throws Exception {
        place = TestDatabase.POSTGRESQL.create(temporary);
        left = new Host("left");
        right = new Host("right");
        acme = new Publisher(temporary, "acme");
        left.repository.grant(Publisher.NAMESPACE, "Acme", Set.of(acme.key.publicKey()), 1);
        reader = new LocalCopy(temporary.resolve("reader"), Clock.systemUTC());
        reader.add(left.source(), right.repository.summary().fingerprint());
    }

    @AfterEach
    void close() {
        hosts.forEach(host -> host.store.close());
    }

    @Test
    void what_one_publishes_the_other_serves_and_goes_on_from() throws Exception {
        Releases.Release first = acme.upload(left.repository, "1.0.0");
        byte[] document = acme.sign(Publisher.none(), first);
        SkillRepository.Publication publication = right.repository.publish(document);
        assertEquals(left.repository.summary(), right.repository.summary());
        for (Host host : List.of(left, right)) {
            Contents contents = reader.refresh(host.source());
            assertEquals(publication.snapshot(), contents.snapshot().version());
            assertEquals("words", contents.entries().get(0).skills().get(0).id());
            assertTrue(host.repository.file(first.file()).isPresent());
        }
        Releases now = reader.refresh(right.source()).releases().get(Publisher.NAMESPACE);
        Releases.Release second = acme.upload(right.repository, "1.1.0");
        left.repository.publish(acme.sign(now, second));
        assertEquals(2, reader.refresh(right.source()).entries().size());

        byte[] yanked = right.repository.state("com.acme.words", "1.0.0", "yank", "too loud");
        assertEquals(1, reader.refresh(left.source()).statements().size());
        assertEquals(1, left.stated.size(), "the other host passes it on too");
        assertArrayEquals(yanked, left.stated.get(0));
    }

    @Test
    void either_can_go_and_a_new_one_has_all() throws Exception {
        right.repository.publish(
                acme.sign(Publisher.none(), acme.upload(right.repository, "1.0.0")));
        right.gone();
        Releases now = reader.refresh(left.source()).releases().get(Publisher.NAMESPACE);
        left.repository.publish(acme.sign(now, acme.upload(left.repository, "1.1.0")));
        Host third = new Host("third");
        assertEquals(2, reader.refresh(third.source()).entries().size());
        assertEquals(left.repository.summary(), third.repository.summary());
    }

    @Test
    void what_was_not_heard_is_read_at_the_next_look() throws Exception {
        left.wire.cut(true);
        right.repository.publish(
                acme.sign(Publisher.none(), acme.upload(right.repository, "1.0.0")));
        assertTrue(reader.refresh(left.source()).entries().isEmpty());
        left.repository.renew();
        assertEquals(1, reader.refresh(left.source()).entries().size());
        Releases now = reader.refresh(left.source()).releases().get(Publisher.NAMESPACE);
        right.repository.publish(acme.sign(now, acme.upload(right.repository, "1.1.0")));
        Releases both = reader.refresh(right.source()).releases().get(Publisher.NAMESPACE);
        left.repository.publish(acme.sign(both, acme.upload(left.repository, "1.2.0")));
        assertEquals(3, reader.refresh(left.source()).entries().size(), "it changes what is");
    }

    @Test
    void changes_of_both_at_once_come_one_after_the_other() throws Exception {
        left.wire.cut(true); // the wires of this test speak within the change
        right.wire.cut(true);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (Host host : List.of(left, right)) {
                done.add(
                        threads.submit(
                                () -> {
                                    for (int i = 0; i < 5; i++) {
                                        grant(host, "com." + host.name + i);
                                    }
                                }));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
        left.repository.renew();
        right.repository.renew();
        assertEquals(11, left.repository.publishers().size());
        assertEquals(left.repository.summary(), right.repository.summary());
        reader.refresh(left.source());
        reader.refresh(right.source());
    }

    private void grant(Host host, String namespace) {
        host.repository.grant(namespace, "Some", Set.of(acme.key.publicKey()), 1);
    }

    @Test
    void a_change_that_the_database_does_not_take_is_seen_by_nobody() throws Exception {
        SkillRepository.Summary before = left.repository.summary();
        Releases.Release release = acme.upload(left.repository, "1.0.0");
        byte[] document = acme.sign(Publisher.none(), release);
        left.gone();
        RepositoryException refused =
                assertThrows(RepositoryException.class, () -> left.repository.publish(document));
        assertEquals(Code.UNAVAILABLE, refused.code(), refused.getMessage());
        assertEquals(before.snapshot(), left.repository.summary().snapshot());
        assertTrue(reader.refresh(left.source()).entries().isEmpty());
        right.repository.publish(document);
        assertEquals(1, reader.refresh(right.source()).entries().size());
    }

    @Test
    void a_host_that_had_a_repository_of_its_own_keeps_it_aside() throws Exception {
        Path data = temporary.resolve("late");
        Path folder = data.resolve("repository");
        HostKey own = HostKey.loadOrCreate(data.resolve("keys/repository"));
        new HostedRepository(
                folder,
                "own",
                own,
                Clock.systemUTC(),
                false,
                Duration.ofDays(7),
                new Silence(new ArrayList<>()),
                Shelf.NONE);
        Host late = new Host("late");
        assertEquals(left.repository.summary(), late.repository.summary());
        assertNotEquals(
                own.publicKey(), HostKey.loadOrCreate(data.resolve("keys/repository")).publicKey());
        try (Stream<Path> files = Files.list(data)) {
            assertTrue(
                    files.anyMatch(
                            file ->
                                    file.getFileName().toString().startsWith("repository.before-")
                                            && Files.exists(file.resolve("root/1.json"))));
        }
        assertFalse(late.repository.file("../keys/repository").isPresent());
    }

    private record Silence(List<byte[]> statements) implements HostedRepository.News {
        @Override
        public void published(SkillRepository.Publication publication) {}

        @Override
        public void stated(byte[] statement) {
            statements.add(statement);
        }
    }

    /** One host, as the keeper opens it. */
    private final class Host {
        final String name;
        final Path folder;
        final SqlStore store = place.open(4);
        final TestCluster.Node wire = wires.host();
        final List<byte[]> stated = new ArrayList<>();
        final HostedRepository repository;

        Host(String name) throws IOException {
            this.name = name;
            hosts.add(this);
            Path data = temporary.resolve(name);
            folder = data.resolve("repository");
            Path secret = data.resolve("keys/repository");
            HostKey.loadOrCreate(secret);
            DataSource source = store.open("repository", List.of(FileRows.SCHEMA));
            SharedShelf.adopt(folder, secret, source);
            repository =
                    new HostedRepository(
                            folder,
                            "test",
                            HostKey.loadOrCreate(secret),
                            Clock.systemUTC(),
                            false,
                            Duration.ofDays(7),
                            new Silence(new ArrayList<>()),
                            new SharedShelf(folder, source, wire));
            wire.subscribe(SharedShelf.TOPIC, (from, statement) -> heard(statement));
        }

        /** Killed, or without its database. */
        void gone() {
            wire.cut(true);
            store.close();
        }

        private void heard(String statement) {
            try {
                repository.renew();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (!statement.isEmpty()) {
                stated.add(statement.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            }
        }

        Source source() throws IOException {
            return Source.of(folder.toString());
        }
    }
}
