package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.CHANGED;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.NOT_OWNED;
import static dev.weft.skill.repository.CatalogException.Code.UNSIGNED;
import static dev.weft.skill.repository.Shop.statement;

import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.Publishers.Publisher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Publishers who reach for what is not theirs. */
class HostilePublisherTest {
    private static final String RELEASES = "publishers/com.acme.json";
    @TempDir Path temporary;

    /** Publishers who reach for what is not theirs. */
    static Stream<Attack> publishers() {
        return Stream.of(
                Attack.of(
                        "releases signed by a key that does not own the namespace",
                        UNSIGNED,
                        RELEASES + " has 0 good signatures",
                        shop -> {
                            shop.writer.publish(
                                    "com.acme", shop.jar("com.acme.evil", "1.0.0"), shop.mallory());
                            shop.snapshot();
                            shop.read();
                        }),
                Attack.of(
                        "a jar of another's namespace, by the tools",
                        null,
                        "com.acme.words does not belong to namespace org.mallory",
                        shop ->
                                shop.writer.publish(
                                        "org.mallory",
                                        shop.jar("com.acme.words", "9.0.0"),
                                        shop.mallory())),
                Attack.of(
                        "a jar of another's namespace, by hand",
                        MALFORMED,
                        "com.acme.words does not belong to namespace org.mallory",
                        shop -> {
                            shop.sign(
                                    "publishers/org.mallory.json",
                                    Map.of(
                                            "type",
                                            "releases",
                                            "namespace",
                                            "org.mallory",
                                            "version",
                                            1,
                                            "releases",
                                            List.of(Shop.release("com.acme.words", "9.0.0"))),
                                    shop.mallory());
                            shop.lie("publishers.json", "publishers/org.mallory.json");
                            shop.read();
                        }),
                Attack.of(
                        "speaks for another's namespace",
                        NOT_OWNED,
                        "speaks for namespace com.acme",
                        shop -> {
                            shop.sign(
                                    "publishers/org.mallory.json",
                                    new Releases(
                                            Releases.KIND,
                                            "com.acme",
                                            1,
                                            List.of(Shop.release("com.acme.x", "9.0.0"))),
                                    shop.mallory());
                            shop.lie("publishers.json", "publishers/org.mallory.json");
                            shop.read();
                        }),
                Attack.of(
                        "a version published anew",
                        null,
                        "a version is for good",
                        shop -> shop.publish("1.0.0")),
                Attack.of(
                        "a version that changed after it was seen",
                        CHANGED,
                        "was published before and is now another or gone",
                        shop -> {
                            shop.publish("1.1.0");
                            shop.snapshot();
                            Contents now = shop.read();
                            Releases old = now.releases().get("com.acme");
                            shop.sign(
                                    RELEASES,
                                    new Releases(
                                            Releases.KIND,
                                            "com.acme",
                                            old.version() + 1,
                                            old.releases().subList(1, 2)),
                                    shop.acme);
                            shop.snapshot();
                            shop.read(Optional.of(now));
                        }),
                Attack.of(
                        "two bundles that differ in the case of letters",
                        null,
                        "com.acme.Words/1.0.0 twice",
                        shop ->
                                shop.writer.publish(
                                        "com.acme",
                                        shop.jar("com.acme.Words", "1.0.0"),
                                        shop.acme)),
                Attack.of(
                        "a bundle with a name without end",
                        null,
                        "is no symbolic name",
                        shop ->
                                shop.writer.publish(
                                        "com.acme",
                                        shop.jar("com.acme." + "x".repeat(100), "1.0.0"),
                                        shop.acme)),
                grab("within another's", "lies within another", "com.acme.words"),
                grab("around another's", "lies within another", "com"),
                grab(
                        "of another in other letters",
                        "twice, whatever the case of its letters",
                        "com.Acme"),
                grab("that looks like another's", "easily taken for com.acme", "c0m.acme"),
                grab("with a hyphen more", "easily taken for com.acme", "com.ac-me"),
                Attack.of(
                        "a name of a publisher that turns text round",
                        null,
                        "characters that nobody sees",
                        shop ->
                                new Publisher(
                                        "org.x", "\u202eemcA", Role.of(shop.acme.publicKey()))));
    }

    private static Attack grab(String title, String told, String namespace) {
        return Attack.of(
                "a namespace " + title,
                null,
                told,
                shop ->
                        shop.writer.publisher(
                                new Publisher(
                                        namespace, "M", Role.of(shop.key("mallory").publicKey())),
                                shop.owner));
    }

    static Stream<Attack> statements() {
        return Stream.of(
                Attack.of(
                        "a yank of another's release",
                        UNSIGNED,
                        "the statement about com.acme.words/1.0.0 has 0 good signatures",
                        shop -> {
                            shop.writer.state(statement("yank"), shop.mallory());
                            shop.snapshot();
                            shop.read();
                        }),
                Attack.of(
                        "a revocation by nobody",
                        UNSIGNED,
                        "has 0 good signatures",
                        shop -> {
                            shop.writer.state(statement("revoke"));
                            shop.snapshot();
                            shop.read();
                        }),
                Attack.of(
                        "a statement of another repository again",
                        NOT_OWNED,
                        "a statement is about repository \"other\"",
                        shop -> {
                            shop.writer.state(
                                    statement("other", "com.acme.words", "yank"), shop.acme);
                            shop.snapshot();
                            shop.read();
                        }),
                Attack.of(
                        "a statement with other words than were signed",
                        UNSIGNED,
                        "has 0 good signatures",
                        shop -> {
                            byte[] signed = Signed.write(statement("yank"), shop.acme);
                            RepositoryReader.statement(
                                    Signed.read(
                                            "s",
                                            new String(
                                                            signed,
                                                            java.nio.charset.StandardCharsets.UTF_8)
                                                    .replace("1.0.0", "*")
                                                    .getBytes(
                                                            java.nio.charset.StandardCharsets
                                                                    .UTF_8)),
                                    shop.root,
                                    shop.read().publishers());
                        }),
                Attack.of(
                        "a statement by a key that was replaced",
                        UNSIGNED,
                        "has 0 good signatures",
                        shop -> {
                            HostKey fresh = shop.key("fresh");
                            shop.writer.resign("com.acme", fresh);
                            shop.writer.publisher(
                                    new Publisher("com.acme", "Acme", Role.of(fresh.publicKey())),
                                    shop.owner);
                            shop.snapshot();
                            RepositoryReader.statement(
                                    Signed.read("s", Signed.write(statement("revoke"), shop.acme)),
                                    shop.root,
                                    shop.read().publishers());
                        }),
                Attack.of(
                        "a reason that moves the cursor of its reader",
                        null,
                        "characters that nobody sees",
                        shop ->
                                Statement.of(
                                        "test",
                                        "com.acme.words",
                                        "*",
                                        "yank",
                                        "x\u009b2J",
                                        shop.clock.instant())),
                Attack.of(
                        "a release shown as a statement",
                        MALFORMED,
                        "is a \"releases\", not a statement",
                        shop ->
                                RepositoryReader.statement(
                                        Signed.read("s", Files.readAllBytes(shop.file(RELEASES))),
                                        shop.root,
                                        shop.read().publishers())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"publishers", "statements"})
    void is_refused_and_the_reason_told(Attack attack) throws Exception {
        attack.isRefused(temporary);
    }
}
