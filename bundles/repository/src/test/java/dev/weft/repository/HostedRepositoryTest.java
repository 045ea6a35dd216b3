package dev.weft.repository;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostKey;
import dev.weft.api.repository.RepositoryException;
import dev.weft.api.repository.RepositoryException.Code;
import dev.weft.api.repository.SkillRepository;
import dev.weft.skill.repository.Contents;
import dev.weft.skill.repository.LocalCopy;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Source;
import dev.weft.skill.repository.Statement;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class HostedRepositoryTest {
    @TempDir Path temporary;
    private final List<byte[]> stated = new ArrayList<>();
    private final List<SkillRepository.Publication> published = new ArrayList<>();
    private final Movable clock = new Movable();
    private HostedRepository repository;
    private Publisher acme;
    private LocalCopy host;
    private Source source;

    @BeforeEach
    void open() throws IOException {
        repository = opened();
        acme = new Publisher(temporary, "acme");
        repository.grant(Publisher.NAMESPACE, "Acme", Set.of(acme.key.publicKey()), 1);
        source = Source.of(temporary.resolve("repository").toString());
        host = new LocalCopy(temporary.resolve("host"), clock);
        host.add(source, repository.summary().fingerprint());
    }

    private HostedRepository opened() throws IOException {
        return new HostedRepository(
                temporary.resolve("repository"),
                "test",
                HostKey.loadOrCreate(temporary.resolve("keys/repository")),
                clock,
                false,
                Duration.ofDays(7),
                new HostedRepository.News() {
                    @Override
                    public void published(SkillRepository.Publication publication) {
                        published.add(publication);
                    }

                    @Override
                    public void stated(byte[] statement) {
                        stated.add(statement);
                    }
                },
                Shelf.NONE);
    }

    @Test
    void what_is_uploaded_and_signed_is_what_hosts_read() throws Exception {
        Releases.Release release = acme.upload(repository, "1.0.0");
        byte[] document = acme.sign(Publisher.none(), release);
        SkillRepository.Publication publication = repository.publish(document);
        assertEquals(List.of("com.acme.words/1.0.0"), publication.releases());
        Contents contents = host.refresh(source);
        assertEquals(publication.snapshot(), contents.snapshot().version());
        assertEquals("words", contents.entries().get(0).skills().get(0).id());
        assertEquals(List.of(publication), published);
        refused(Code.STALE, () -> repository.publish(document));
        assertEquals(1, repository.summary().releases());
        assertTrue(repository.file(release.file()).isPresent());
    }

    @Test
    void the_owners_own_files_are_not_given() throws Exception {
        acme.upload(repository, "1.0.0");
        for (String name : List.of(".uploads/x", "../keys/repository", ".pending", "", "a/b/c")) {
            assertTrue(repository.file(name).isEmpty(), name);
        }
    }

    @Test
    void a_release_whose_jar_was_not_uploaded_is_refused() throws Exception {
        Releases.Release release =
                Releases.Release.of(acme.jar("com.acme.words", "words", "1.0.0"), clock);
        refused(Code.WRONG_JAR, () -> repository.publish(acme.sign(Publisher.none(), release)));
        host.refresh(source);
    }

    @Test
    void a_stranger_and_a_namespace_of_nobody_are_refused() throws Exception {
        Releases.Release release = acme.upload(repository, "1.0.0");
        Publisher mallory = new Publisher(temporary, "mallory");
        refused(Code.UNSIGNED, () -> repository.publish(mallory.sign(Publisher.none(), release)));
        Releases nobodys = new Releases("releases", "org.none", 0, List.of());
        refused(Code.NOT_OWNED, () -> repository.publish(acme.sign(nobodys)));
        refused(Code.MALFORMED, () -> repository.publish("{}".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void what_is_no_jar_and_what_the_scan_blocks_is_refused_with_the_reason() throws Exception {
        refused(
                Code.MALFORMED,
                () -> repository.upload(new ByteArrayInputStream(new byte[] {1, 2, 3})));
        Path jar = acme.jar("com.acme.words", "words", "1.0.0");
        byte[] bytes = Files.readAllBytes(jar);
        byte[] more = java.util.Arrays.copyOf(bytes, bytes.length + 5000);
        RepositoryException padded =
                assertThrows(
                        RepositoryException.class,
                        () -> repository.upload(new ByteArrayInputStream(more)));
        assertEquals(Code.BLOCKED, padded.code(), padded.getMessage());
        assertTrue(padded.getMessage().contains("com.acme.words/1.0.0"), padded.getMessage());
    }

    @Test
    void a_name_close_to_that_of_another_publishers_skill_is_blocked() throws Exception {
        repository.publish(acme.sign(Publisher.none(), acme.upload(repository, "1.0.0")));
        Path near = acme.jar("org.other.words", "w0rds", "1.0.0");
        refused(
                Code.BLOCKED,
                () -> repository.upload(new ByteArrayInputStream(Files.readAllBytes(near))));
    }

    @Test
    void a_skill_of_another_publisher_is_blocked_also_if_it_was_uploaded_before_that_one_had_it()
            throws Exception {
        Publisher other = new Publisher(temporary, "other");
        repository.grant("org.other", "Other", Set.of(other.key.publicKey()), 1);
        Path early = other.jar("org.other.words", "words", "1.0.0");
        repository.upload(new ByteArrayInputStream(Files.readAllBytes(early)));
        repository.publish(acme.sign(Publisher.none(), acme.upload(repository, "1.0.0")));
        Path late = other.jar("org.other.words", "words", "1.0.1");
        String why =
                assertThrows(
                                RepositoryException.class,
                                () ->
                                        repository.upload(
                                                new ByteArrayInputStream(Files.readAllBytes(late))))
                        .getMessage();
        assertTrue(why.contains("skill words is of publisher com.acme"), why);
        byte[] document =
                other.sign(
                        Releases.none("org.other"),
                        Releases.Release.of(early, java.time.Clock.systemUTC()));
        refused(Code.BLOCKED, () -> repository.publish(document));
        assertEquals(1, repository.summary().releases());
    }

    @Test
    void two_that_publish_at_once_are_taken_one_after_the_other() throws Exception {
        Releases.Release first = acme.upload(repository, "1.0.0");
        Releases.Release second = acme.upload(repository, "1.1.0");
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Callable<Boolean>> both = new ArrayList<>();
            for (Releases.Release release : List.of(first, second)) {
                byte[] document = acme.sign(Publisher.none(), release);
                both.add(
                        () -> {
                            try {
                                repository.publish(document);
                                return true;
                            } catch (RepositoryException late) {
                                assertEquals(Code.STALE, late.code());
                                return false;
                            }
                        });
            }
            int taken = 0;
            for (Future<Boolean> one : pool.invokeAll(both)) {
                taken += one.get() ? 1 : 0;
            }
            assertEquals(1, taken);
        } finally {
            pool.shutdownNow();
        }
        assertEquals(1, host.refresh(source).entries().size());
    }

    @Test
    void a_snapshot_is_signed_anew_before_it_expires_and_a_root_too() throws Exception {
        long before = repository.summary().snapshot();
        repository.renew();
        assertEquals(before, repository.summary().snapshot());
        clock.later(Duration.ofDays(4));
        repository.renew();
        assertEquals(before + 1, repository.summary().snapshot());
        host.refresh(source);
        clock.later(Duration.ofDays(320));
        repository.renew();
        assertEquals(2, repository.summary().root());
        host.refresh(source);
        assertTrue(repository.expires().isAfter(clock.instant()));
    }

    @Test
    void statements_are_kept_signed_by_both_and_told() throws Exception {
        Releases.Release release = acme.upload(repository, "1.0.0");
        repository.publish(acme.sign(Publisher.none(), release));
        Statement yank =
                Statement.of("test", "com.acme.words", "1.0.0", "yank", "leaks", clock.instant());
        byte[] kept = repository.state(Signed.write(yank, acme.key));
        assertArrayEquals(kept, stated.get(0));
        repository.state("com.acme.words", "*", "revoke", "stolen key");
        Contents contents = host.refresh(source);
        assertTrue(contents.against(release).orElseThrow().revokes());
        Publisher mallory = new Publisher(temporary, "mallory");
        refused(Code.UNSIGNED, () -> repository.state(Signed.write(yank, mallory.key)));
        refused(Code.MALFORMED, () -> repository.state("com.acme.words", "*", "burn", "x"));
        assertEquals(2, stated.size());
    }

    @Test
    void keys_change_when_the_releases_are_signed_with_the_new_ones() throws Exception {
        Releases.Release release = acme.upload(repository, "1.0.0");
        repository.publish(acme.sign(Publisher.none(), release));
        host.refresh(source);
        Publisher fresh = new Publisher(temporary, "fresh");
        SkillRepository.Publisher pending =
                repository.grant(Publisher.NAMESPACE, "Acme", Set.of(fresh.key.publicKey()), 1);
        assertEquals(Set.of(fresh.key.publicKey()), pending.pending());
        assertEquals(Set.of(acme.key.publicKey()), pending.keys());
        Releases now = host.refresh(source).releases().get(Publisher.NAMESPACE);
        refused(Code.UNSIGNED, () -> repository.publish(acme.sign(now)));
        repository.publish(fresh.sign(now));
        assertEquals(
                Set.of(fresh.key.publicKey()),
                host.refresh(source).publishers().publishers().get(0).role().keys());
        assertEquals(Set.of(), repository.publishers().get(0).pending());
        assertTrue(repository.withdraw(Publisher.NAMESPACE));
        assertFalse(repository.withdraw(Publisher.NAMESPACE));
        assertTrue(host.refresh(source).entries().isEmpty());
    }

    @Test
    void the_root_moves_to_keys_that_are_kept_elsewhere_and_the_registry_signs_on()
            throws Exception {
        HostKey first = HostKey.loadOrCreate(temporary.resolve("keys/offline1"));
        HostKey second = HostKey.loadOrCreate(temporary.resolve("keys/offline2"));
        HostKey own = HostKey.loadOrCreate(temporary.resolve("keys/repository"));
        Root old = host.refresh(source).root();
        Role offline = new Role(Set.of(first.publicKey(), second.publicKey()), 2);
        Root next =
                old.next(
                        clock.instant().plus(Duration.ofDays(300)),
                        offline,
                        old.snapshot(),
                        old.publishers());
        refused(Code.UNSIGNED, () -> repository.root(Signed.write(next, first)));
        assertEquals(2, repository.root(Signed.write(next, first, second)).root());
        assertEquals(offline, host.refresh(source).root().root());
        Root away =
                next.next(
                        clock.instant().plus(Duration.ofDays(300)),
                        offline,
                        Role.of(first.publicKey()),
                        offline);
        refused(Code.MALFORMED, () -> repository.root(Signed.write(away, first, second)));
        assertEquals(Role.of(own.publicKey()), host.refresh(source).root().snapshot());
    }

    @Test
    void what_was_there_is_there_after_a_restart() throws Exception {
        repository.publish(acme.sign(Publisher.none(), acme.upload(repository, "1.0.0")));
        SkillRepository.Summary before = repository.summary();
        repository = opened();
        assertEquals(before.fingerprint(), repository.summary().fingerprint());
        assertEquals(1, host.refresh(source).entries().size());
    }

    private static void refused(Code code, Executable what) {
        RepositoryException refused = assertThrows(RepositoryException.class, what);
        assertEquals(code, refused.code(), refused.getMessage());
    }

    private static final class Movable extends Clock {
        private Instant now = Instant.now();

        void later(Duration time) {
            now = now.plus(time);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
