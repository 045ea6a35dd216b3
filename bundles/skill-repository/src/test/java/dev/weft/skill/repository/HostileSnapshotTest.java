package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.EXPIRED;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.ROLLBACK;
import static dev.weft.skill.repository.CatalogException.Code.SWAPPED;
import static dev.weft.skill.repository.CatalogException.Code.UNSIGNED;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who cannot sign changes what is served, shows old states, or changes keys. */
class HostileSnapshotTest {
    @TempDir Path temporary;

    /** Who cannot sign changes what is served. */
    static Stream<Attack> snapshots() {
        return Stream.of(
                Attack.of(
                        "an old state again",
                        ROLLBACK,
                        "was seen before",
                        shop -> {
                            Path old = shop.photograph();
                            shop.publish("1.1.0");
                            shop.snapshot();
                            Contents now = shop.read();
                            shop.bringBack(old);
                            shop.read(Optional.of(now));
                        }),
                Attack.of(
                        "two states of one version",
                        SWAPPED,
                        "two different snapshots have version",
                        shop -> {
                            Contents now = shop.read();
                            Snapshot old = shop.signedSnapshot();
                            shop.sign(
                                    "snapshot.json",
                                    new Snapshot(
                                            Snapshot.KIND,
                                            old.version(),
                                            "2026-03-02T00:00:00Z",
                                            old.files()),
                                    shop.owner);
                            shop.read(Optional.of(now));
                        }),
                Attack.of(
                        "a frozen state",
                        EXPIRED,
                        "it is frozen",
                        shop -> {
                            shop.later(Duration.ofDays(8));
                            shop.read();
                        }),
                Attack.of(
                        "a state that would last for years",
                        MALFORMED,
                        "one may last 400 days",
                        shop -> {
                            Snapshot old = shop.signedSnapshot();
                            shop.sign(
                                    "snapshot.json",
                                    new Snapshot(
                                            Snapshot.KIND,
                                            old.version() + 1,
                                            "2036-03-08T00:00:00Z",
                                            old.files()),
                                    shop.owner);
                            shop.read();
                        }),
                Attack.of(
                        "a frozen root",
                        EXPIRED,
                        "its owner must sign a new one",
                        shop -> {
                            shop.later(Duration.ofDays(400));
                            shop.snapshot();
                            shop.read();
                        }),
                Attack.of(
                        "signed by a stranger",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.writer.snapshot(Duration.ofDays(7), shop.key("mallory"));
                            shop.read();
                        }),
                Attack.of(
                        "signed by a publisher, who may not",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.writer.snapshot(Duration.ofDays(7), shop.acme);
                            shop.read();
                        }),
                Attack.of(
                        "the signatures taken off",
                        UNSIGNED,
                        "do not use this repository until its owner explains",
                        shop -> {
                            ObjectNode bare = shop.document("snapshot.json");
                            bare.putArray("signatures");
                            Files.writeString(shop.file("snapshot.json"), Wire.write(bare));
                            shop.read();
                        }),
                Attack.of(
                        "another date under the signature",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.change("snapshot.json", "2026-03-08", "2036-03-08");
                            shop.read();
                        }),
                Attack.of(
                        "a signature of the wrong length",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            ObjectNode document = shop.document("snapshot.json");
                            ((ObjectNode) document.path("signatures").get(0))
                                    .put("signature", "AA");
                            Files.writeString(shop.file("snapshot.json"), Wire.write(document));
                            shop.read();
                        }),
                Attack.of(
                        "more signatures than anybody needs",
                        MALFORMED,
                        "at most 16 signatures",
                        shop -> {
                            ObjectNode document = shop.document("snapshot.json");
                            var list = document.putArray("signatures");
                            for (int i = 0; i < 17; i++) {
                                list.addObject().put("key", "k" + i).put("signature", "x");
                            }
                            Files.writeString(shop.file("snapshot.json"), Wire.write(document));
                            shop.read();
                        }),
                Attack.of(
                        "what is signed, twice in one document",
                        MALFORMED,
                        "snapshot.json is broken",
                        shop -> {
                            String text = Files.readString(shop.file("snapshot.json"));
                            Files.writeString(
                                    shop.file("snapshot.json"),
                                    text.replaceFirst("\\{", "{\"signed\":{\"type\":\"x\"},"));
                            shop.read();
                        }),
                Attack.of(
                        "a document without end in depth",
                        MALFORMED,
                        "snapshot.json is broken",
                        shop -> {
                            Files.writeString(
                                    shop.file("snapshot.json"),
                                    "{\"signed\":" + "[".repeat(100_000));
                            shop.read();
                        }),
                Attack.of(
                        "a document without end in length",
                        MALFORMED,
                        "larger than the",
                        shop -> {
                            Files.write(shop.file("snapshot.json"), new byte[3 << 20]);
                            shop.read();
                        }),
                Attack.of(
                        "publishers shown as the snapshot",
                        MALFORMED,
                        "is a \"publishers\", not a snapshot",
                        shop -> {
                            Files.write(
                                    shop.file("snapshot.json"),
                                    Files.readAllBytes(shop.file("publishers.json")));
                            shop.read();
                        }),
                Attack.of(
                        "a file with a name that points outside",
                        MALFORMED,
                        "no file name of a repository",
                        shop -> {
                            ObjectNode forged = shop.document("snapshot.json");
                            ((ObjectNode) forged.path("signed").path("files"))
                                    .putObject("../../keys/host.key")
                                    .put("sha256", "0".repeat(64))
                                    .put("length", 1);
                            shop.sign("snapshot.json", forged.path("signed"), shop.owner);
                            shop.read();
                        }));
    }

    private static Attack root(String title, Code code, String told, Next next) {
        return Attack.of(
                title,
                code,
                told,
                shop -> {
                    next.sign(shop, shop.key("next"));
                    shop.read();
                });
    }

    private interface Next {
        void sign(Shop shop, HostKey next) throws IOException;
    }

    private static Root next(String repository, long version, Role role) {
        return new Root(Root.KIND, repository, version, "2027-06-01T00:00:00Z", role, role, role);
    }

    /** Keys are changed by who may not. */
    static Stream<Attack> roots() {
        return Stream.of(
                root(
                        "a root by its own key alone",
                        UNSIGNED,
                        "root 2 has 0 good signatures",
                        (shop, next) ->
                                shop.sign(
                                        "root/2.json",
                                        next("test", 2, Role.of(next.publicKey())),
                                        next)),
                root(
                        "a root that its own key did not sign",
                        UNSIGNED,
                        "root 2 has 0 good signatures",
                        (shop, next) ->
                                shop.sign(
                                        "root/2.json",
                                        next("test", 2, Role.of(next.publicKey())),
                                        shop.owner)),
                root(
                        "a root by a publisher",
                        UNSIGNED,
                        "root 2 has 0 good signatures",
                        (shop, next) ->
                                shop.sign(
                                        "root/2.json",
                                        next("test", 2, Role.of(shop.acme.publicKey())),
                                        shop.acme)),
                root(
                        "a root of another repository",
                        MALFORMED,
                        "root 2 is not the successor of root 1",
                        (shop, next) ->
                                shop.sign(
                                        "root/2.json",
                                        next("other", 2, Role.of(next.publicKey())),
                                        shop.owner,
                                        next)),
                root(
                        "a root that leaves one out",
                        MALFORMED,
                        "root 2 is not the successor of root 1",
                        (shop, next) ->
                                shop.sign(
                                        "root/2.json",
                                        next("test", 3, Role.of(next.publicKey())),
                                        shop.owner,
                                        next)),
                root(
                        "a root with one key twice for a threshold of two",
                        UNSIGNED,
                        "has 1 good signatures of the keys that count, and needs 2",
                        (shop, next) -> {
                            Role two =
                                    new Role(Set.of(shop.owner.publicKey(), next.publicKey()), 2);
                            shop.sign("root/2.json", next("test", 2, two), shop.owner);
                            ObjectNode document = shop.document("root/2.json");
                            var list =
                                    (com.fasterxml.jackson.databind.node.ArrayNode)
                                            document.path("signatures");
                            list.add(list.get(0).deepCopy());
                            Files.writeString(shop.file("root/2.json"), Wire.write(document));
                        }),
                root(
                        "a root that needs no signature",
                        MALFORMED,
                        "a threshold of 0",
                        (shop, next) -> {
                            ObjectNode open =
                                    Wire.object()
                                            .put("type", Root.KIND)
                                            .put("repository", "test")
                                            .put("version", 2)
                                            .put("expires", "2027-06-01T00:00:00Z");
                            for (String role : List.of("root", "snapshot", "publishers")) {
                                open.putObject(role)
                                        .put("threshold", 0)
                                        .putArray("keys")
                                        .add(next.publicKey());
                            }
                            shop.sign("root/2.json", open, shop.owner, next);
                        }),
                Attack.of(
                        "a repository in the place of the one that was meant",
                        UNSIGNED,
                        "not the expected one; ask its owner",
                        shop ->
                                new LocalCopy(shop.temporary.resolve("c"), shop.clock)
                                        .add(new FolderSource(shop.folder), "0".repeat(64))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({"snapshots", "roots"})
    void is_refused_and_the_reason_told(Attack attack) throws Exception {
        attack.isRefused(temporary);
    }
}
