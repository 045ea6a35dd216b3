package dev.weft.skill.repository;

import static dev.weft.skill.repository.Shop.refused;
import static dev.weft.skill.repository.Shop.statement;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.CatalogException.Code;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {
    @TempDir Path temporary;
    private Shop shop;

    private static SkillSearch.Result search(Contents contents, String text) {
        return new SkillSearch(contents).search(SkillSearch.Query.of(text));
    }

    @BeforeEach
    void open() throws Exception {
        shop = new Shop(temporary);
    }

    @Test
    void what_was_published_is_found_with_its_skill_and_its_jar() throws Exception {
        Contents contents = shop.read();
        Entry entry = search(contents, "LETTERS words").hits().get(0).entry();
        assertEquals(
                List.of(
                        new Entry.Card(
                                "words",
                                "Words",
                                "Counts words, and letters",
                                List.of("files", "net"))),
                entry.skills());
        byte[] jar = shop.reader.jar(new FolderSource(shop.folder), entry);
        assertEquals(entry.release().length(), jar.length);
        assertEquals(0, search(contents, "nothing").total());
    }

    @Test
    void it_is_the_same_over_http_and_what_is_missing_or_too_large_is_said() throws Exception {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/r/",
                exchange -> {
                    Path file =
                            shop.folder.resolve(exchange.getRequestURI().getPath().substring(3));
                    boolean there = Files.isRegularFile(file);
                    byte[] body = there ? Files.readAllBytes(file) : new byte[0];
                    exchange.sendResponseHeaders(there ? 200 : 404, there ? body.length : -1);
                    exchange.getResponseBody().write(body);
                    exchange.close();
                });
        server.start();
        try {
            Source source = Source.of("http://localhost:" + server.getAddress().getPort() + "/r");
            assertEquals(
                    shop.read().snapshot(),
                    shop.reader.read(source, shop.root, Optional.empty()).snapshot());
            IOException large =
                    assertThrows(IOException.class, () -> source.read("snapshot.json", 10));
            assertTrue(large.getMessage().contains("larger than the 10 bytes"), large.getMessage());
        } finally {
            server.stop(0);
        }
    }

    @Test
    void a_new_version_is_taken_and_the_newest_is_offered() throws Exception {
        Contents first = shop.read();
        shop.publish("1.1.0");
        shop.snapshot();
        Contents second = shop.read(Optional.of(first));
        assertEquals(
                "1.1.0",
                new SkillSearch(second).find("words", "").orElseThrow().release().version());
        assertEquals(1, search(second, "words").total());
    }

    @Test
    void a_version_is_for_good() {
        assertThrows(IllegalArgumentException.class, () -> shop.publish("1.0.0"));
    }

    @Test
    void a_file_that_points_outside_is_refused() {
        for (String name : List.of("../x", "/etc/passwd", "a/../b", "a\\b", "a/b/c", "", ".x")) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> new FolderSource(shop.folder).read(name, 10),
                    name);
        }
    }

    @Test
    void yanked_is_not_offered_and_a_statement_cannot_be_held_back() throws Exception {
        Path before = shop.photograph();
        shop.writer.state(statement("yank"), shop.acme);
        shop.snapshot();
        Contents now = shop.read();
        assertTrue(new SkillSearch(now).find("words", "").isEmpty());
        assertEquals("leaks", now.against(now.entries().get(0).release()).orElseThrow().reason());
        Files.copy(
                before.resolve("statements.json"),
                file("statements.json"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        shop.snapshot();
        assertTrue(new SkillSearch(shop.read(Optional.of(now))).find("words", "").isEmpty());
    }

    @Test
    void the_repository_may_revoke_and_a_stranger_may_not() throws Exception {
        shop.writer.state(statement("revoke"), shop.owner);
        shop.snapshot();
        assertTrue(shop.read().statements().get(0).revokes());
        shop.writer.state(statement("yank"), shop.key("mallory"));
        shop.snapshot();
        refused(Code.UNSIGNED, shop::read);
    }

    @Test
    void a_new_root_needs_the_keys_of_the_old_and_its_own() throws Exception {
        HostKey next = shop.key("next");
        Role role = Role.of(next.publicKey());
        Root second = new Root(Root.KIND, "test", 2, "2027-06-01T00:00:00Z", role, role, role);
        shop.writer.root(second, next);
        refused(Code.UNSIGNED, shop::read);
        shop.writer.root(second, shop.owner);
        refused(Code.UNSIGNED, shop::read);
        shop.writer.root(second, shop.owner, next);
        refused(Code.UNSIGNED, shop::read); // the snapshot is still the old key's
        shop.writer.snapshot(Duration.ofDays(7), next);
        assertEquals(2, shop.read().root().version());
    }

    @Test
    void one_key_that_signs_twice_does_not_reach_a_threshold_of_two() throws Exception {
        HostKey second = shop.key("second");
        Role two = new Role(Set.of(shop.owner.publicKey(), second.publicKey()), 2);
        Role one = Role.of(shop.owner.publicKey());
        Root root = new Root(Root.KIND, "test", 2, "2027-06-01T00:00:00Z", two, one, one);
        shop.writer.root(root, shop.owner, shop.owner);
        refused(Code.UNSIGNED, shop::read);
        shop.writer.root(root, shop.owner, second);
        assertEquals(2, shop.read().root().version());
    }

    @Test
    void a_publisher_that_lost_its_key_gets_a_new_one_that_counts_once_it_signed()
            throws Exception {
        Contents before = shop.read();
        HostKey fresh = shop.key("fresh");
        assertFalse(
                shop.writer.publisher(
                        new Publishers.Publisher("com.acme", "Acme", Role.of(fresh.publicKey())),
                        shop.owner));
        shop.snapshot();
        assertEquals(
                Set.of(shop.acme.publicKey()),
                shop.read(Optional.of(before)).publishers().publishers().get(0).role().keys());
        Releases old = shop.writer.releases("com.acme");
        byte[] byOld = Signed.write(old.with(List.of()), shop.acme);
        refused(Code.UNSIGNED, () -> shop.writer.accept(byOld, none(), shop.owner));
        byte[] byNew = Signed.write(old.with(List.of()), fresh);
        assertEquals(List.of(), shop.writer.accept(byNew, none(), shop.owner));
        shop.snapshot();
        Contents after = shop.read(Optional.of(before));
        assertEquals(1, after.entries().size());
        assertEquals(
                Set.of(fresh.publicKey()), after.publishers().publishers().get(0).role().keys());
        assertTrue(shop.writer.pending("com.acme").isEmpty());
    }

    @Test
    void what_a_publisher_signed_is_taken_once_and_takes_nothing_back() throws Exception {
        Releases old = shop.writer.releases("com.acme");
        Path jar = shop.jar("com.acme.words", "1.1.0");
        Releases.Release release = Releases.Release.of(jar, shop.clock);
        byte[] document = Signed.write(old.with(List.of(release)), shop.acme);
        Path other = shop.jar("com.acme.other", "1.1.0");
        refused(Code.SWAPPED, () -> shop.writer.accept(document, any -> other, shop.owner));
        assertEquals(List.of(release), shop.writer.accept(document, any -> jar, shop.owner));
        refused(Code.ROLLBACK, () -> shop.writer.accept(document, any -> jar, shop.owner));
        byte[] less =
                Signed.write(
                        new Releases(Releases.KIND, "com.acme", 9, List.of(release)), shop.acme);
        refused(Code.CHANGED, () -> shop.writer.accept(less, none(), shop.owner));
        byte[] stranger =
                Signed.write(new Releases(Releases.KIND, "org.none", 1, List.of()), shop.acme);
        refused(Code.NOT_OWNED, () -> shop.writer.accept(stranger, none(), shop.owner));
        shop.snapshot();
        assertEquals(
                "1.1.0",
                new SkillSearch(shop.read()).find("words", "").orElseThrow().release().version());
    }

    @Test
    void a_reader_between_two_snapshots_finds_what_its_snapshot_names_for_an_hour()
            throws Exception {
        byte[] before = Files.readAllBytes(file("snapshot.json"));
        shop.publish("1.1.0");
        shop.snapshot();
        byte[] after = Files.readAllBytes(file("snapshot.json"));
        Files.write(file("snapshot.json"), before); // as read by the one who is under way
        assertEquals(1, shop.read().entries().size());
        Files.write(file("snapshot.json"), after);
        shop.later(Duration.ofHours(2));
        shop.snapshot();
        Files.write(file("snapshot.json"), before);
        assertThrows(NoSuchFileException.class, shop::read);
    }

    @Test
    void a_statement_stays_good_when_its_publishers_keys_change() throws Exception {
        byte[] kept = shop.writer.accept(Signed.write(statement("yank"), shop.acme), shop.owner);
        shop.writer.accept(kept, shop.owner); // said before
        HostKey fresh = shop.key("fresh");
        shop.writer.publisher(
                new Publishers.Publisher("com.acme", "Acme", Role.of(fresh.publicKey())),
                shop.owner);
        Releases old = shop.writer.releases("com.acme");
        shop.writer.accept(Signed.write(old.with(List.of()), fresh), none(), shop.owner);
        shop.snapshot();
        assertEquals(1, shop.read().statements().size());
        byte[] strange = Signed.write(statement("revoke"), shop.key("mallory"));
        refused(Code.UNSIGNED, () -> shop.writer.accept(strange, shop.owner));
    }

    @Test
    void a_publisher_that_published_nothing_yet_disturbs_no_reading() throws Exception {
        HostKey other = shop.key("other");
        shop.writer.publisher(
                new Publishers.Publisher("org.other", "Other", Role.of(other.publicKey())),
                shop.owner);
        shop.snapshot();
        Contents once = shop.read();
        shop.snapshot();
        Contents twice = shop.read(Optional.of(once));
        shop.writer.publish("org.other", shop.jar("org.other.x", "1.0.0"), other);
        shop.snapshot();
        assertEquals(2, shop.read(Optional.of(twice)).entries().size());
    }

    @Test
    void a_namespace_that_is_taken_away_is_not_offered() throws Exception {
        Contents before = shop.read();
        assertTrue(shop.writer.remove("com.acme", shop.owner));
        assertFalse(shop.writer.remove("com.acme", shop.owner));
        shop.snapshot();
        assertTrue(shop.read(Optional.of(before)).entries().isEmpty());
    }

    private static RepositoryWriter.Jars none() {
        return release -> {
            throw new AssertionError("nothing is new");
        };
    }

    @Test
    void what_is_signed_has_one_text_whatever_the_order_it_was_made_in() throws Exception {
        Role role = new Role(Set.of("b", "a", "c", "d"), 1);
        assertEquals(List.of("a", "b", "c", "d"), List.copyOf(role.keys()));
        Map<String, Object> one = new java.util.LinkedHashMap<>();
        one.put("type", "x");
        one.put("b", role);
        Map<String, Object> other = new java.util.LinkedHashMap<>();
        other.put("b", new Role(Set.of("d", "c", "b", "a"), 1));
        other.put("type", "x");
        org.junit.jupiter.api.Assertions.assertArrayEquals(
                Signed.write(one, shop.owner), Signed.write(other, shop.owner));
    }

    @Test
    void numbers_with_a_fraction_and_control_characters_cannot_be_signed() {
        assertThrows(
                IllegalArgumentException.class,
                () -> Signed.write(Map.of("type", "x", "n", 1.5), shop.owner));
        assertThrows(
                IllegalArgumentException.class,
                () -> Signed.write(Map.of("type", "x\u0007"), shop.owner));
    }

    @Test
    void files_of_a_snapshot_that_nobody_knows_are_not_fetched() throws Exception {
        Files.writeString(file("extra.txt"), "x");
        shop.lie("extra.txt");
        Source folder = new FolderSource(shop.folder);
        Source source =
                (name, most) -> {
                    assertTrue(!name.equals("extra.txt"));
                    return folder.read(name, most);
                };
        assertEquals(1, shop.reader.read(source, shop.root, Optional.empty()).entries().size());
    }

    private Path file(String name) {
        return shop.file(name);
    }
}
