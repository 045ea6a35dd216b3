package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.CHANGED;
import static dev.weft.skill.repository.CatalogException.Code.EXPIRED;
import static dev.weft.skill.repository.CatalogException.Code.LIES;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.NOT_OWNED;
import static dev.weft.skill.repository.CatalogException.Code.ROLLBACK;
import static dev.weft.skill.repository.CatalogException.Code.SWAPPED;
import static dev.weft.skill.repository.CatalogException.Code.UNSIGNED;
import static dev.weft.skill.repository.Shop.statement;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException.Code;
import dev.weft.skill.repository.Publishers.Publisher;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Repositories, publishers and those between them and the reader, who lie. */
class HostileRepositoryTest {
    private static final String INDEX = "index-com.acme.xml";
    private static final String RELEASES = "publishers/com.acme.json";
    @TempDir Path temporary;

    private static Attack attack(String title, Code code, String told, Attack.Deed deed) {
        return new Attack(title, code, told, deed);
    }

    private static Attack badName(String title, String name) {
        return attack(
                title,
                null,
                "no file name of a repository",
                shop -> new FolderSource(shop.folder).read(name, 10));
    }

    /** Who cannot sign changes what is served. */
    static Stream<Attack> snapshots() {
        return Stream.of(
                attack(
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
                attack(
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
                attack(
                        "a frozen state",
                        EXPIRED,
                        "it is frozen",
                        shop -> {
                            shop.later(Duration.ofDays(8));
                            shop.read();
                        }),
                attack(
                        "a frozen root",
                        EXPIRED,
                        "its owner must sign a new one",
                        shop -> {
                            shop.later(Duration.ofDays(400));
                            shop.snapshot();
                            shop.read();
                        }),
                attack(
                        "signed by a stranger",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.writer.snapshot(Duration.ofDays(7), shop.key("mallory"));
                            shop.read();
                        }),
                attack(
                        "signed by a publisher, who may not",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.writer.snapshot(Duration.ofDays(7), shop.acme);
                            shop.read();
                        }),
                attack(
                        "the signatures taken off",
                        UNSIGNED,
                        "do not use this repository until its owner explains",
                        shop -> {
                            ObjectNode bare = rewrite(shop, "snapshot.json");
                            bare.putArray("signatures");
                            Files.writeString(shop.file("snapshot.json"), Wire.write(bare));
                            shop.read();
                        }),
                attack(
                        "another date under the signature",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            shop.change("snapshot.json", "2026-03-08", "2036-03-08");
                            shop.read();
                        }),
                attack(
                        "a signature of the wrong length",
                        UNSIGNED,
                        "snapshot.json has 0 good signatures",
                        shop -> {
                            ObjectNode document = rewrite(shop, "snapshot.json");
                            ((ObjectNode) document.path("signatures").get(0))
                                    .put("signature", "AA");
                            Files.writeString(shop.file("snapshot.json"), Wire.write(document));
                            shop.read();
                        }),
                attack(
                        "more signatures than anybody needs",
                        MALFORMED,
                        "at most 16 signatures",
                        shop -> {
                            ObjectNode document = rewrite(shop, "snapshot.json");
                            var list = document.putArray("signatures");
                            for (int i = 0; i < 17; i++) {
                                list.addObject().put("key", "k" + i).put("signature", "x");
                            }
                            Files.writeString(shop.file("snapshot.json"), Wire.write(document));
                            shop.read();
                        }),
                attack(
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
                attack(
                        "a document without end in depth",
                        MALFORMED,
                        "snapshot.json is broken",
                        shop -> {
                            Files.writeString(
                                    shop.file("snapshot.json"),
                                    "{\"signed\":" + "[".repeat(100_000));
                            shop.read();
                        }),
                attack(
                        "a document without end in length",
                        MALFORMED,
                        "larger than the",
                        shop -> {
                            Files.write(shop.file("snapshot.json"), new byte[3 << 20]);
                            shop.read();
                        }),
                attack(
                        "publishers shown as the snapshot",
                        MALFORMED,
                        "is a \"publishers\", not a snapshot",
                        shop -> {
                            Files.write(
                                    shop.file("snapshot.json"),
                                    Files.readAllBytes(shop.file("publishers.json")));
                            shop.read();
                        }),
                attack(
                        "a file with a name that points outside",
                        MALFORMED,
                        "no file name of a repository",
                        shop -> {
                            ObjectNode forged = rewrite(shop, "snapshot.json");
                            ((ObjectNode) forged.path("signed").path("files"))
                                    .putObject("../../keys/host.key")
                                    .put("sha256", "0".repeat(64))
                                    .put("length", 1);
                            shop.sign("snapshot.json", forged.path("signed"), shop.owner);
                            shop.read();
                        }));
    }

    /** Files of two states are mixed, or changed on their way. */
    static Stream<Attack> files() {
        return Stream.of(
                attack(
                        "another index",
                        SWAPPED,
                        INDEX + " is not the file that snapshot",
                        shop -> {
                            shop.change(INDEX, "Counts", "Sounts");
                            shop.read();
                        }),
                attack(
                        "the index of an older state",
                        SWAPPED,
                        INDEX + " is not the file that snapshot",
                        shop -> mixed(shop, INDEX)),
                attack(
                        "the releases of an older state",
                        SWAPPED,
                        RELEASES + " is not the file that snapshot",
                        shop -> mixed(shop, RELEASES)),
                attack(
                        "the statements of an older state",
                        SWAPPED,
                        "statements.json is not the file that snapshot",
                        shop -> {
                            byte[] none = Files.readAllBytes(shop.file("statements.json"));
                            shop.writer.state(statement("revoke"), shop.acme);
                            shop.snapshot();
                            Files.write(
                                    shop.file(shop.signedSnapshot().path("statements.json")), none);
                            shop.read();
                        }),
                attack(
                        "the publishers of an older state, signed anew",
                        ROLLBACK,
                        "publishers.json has version",
                        shop -> {
                            byte[] old = Files.readAllBytes(shop.file("publishers.json"));
                            shop.writer.publisher(
                                    new Publisher("org.b", "B", Role.of(shop.key("b").publicKey())),
                                    shop.owner);
                            shop.snapshot();
                            Contents now = shop.read();
                            Files.write(shop.file("publishers.json"), old);
                            shop.lie("publishers.json");
                            shop.read(Optional.of(now));
                        }),
                attack(
                        "a link out of the repository",
                        MALFORMED,
                        "is a link out of the repository",
                        shop -> {
                            Path secret = Files.writeString(shop.temporary.resolve("s"), "secret");
                            Files.createSymbolicLink(shop.file("link"), secret);
                            new FolderSource(shop.folder).read("link", 100);
                        }),
                badName("a path outside", "../x"),
                badName("a path from the root", "/etc/passwd"),
                badName("a path of Windows", "a\\b"),
                badName("a hidden file", ".x"),
                badName("a name without end", "x".repeat(300)),
                badName("an address", "http://evil.org/x.jar"),
                attack(
                        "an address of another kind",
                        null,
                        "a repository is at https://, http://, file: or a path",
                        shop -> Source.of("ftp://evil.org/")));
    }

    private static void mixed(Shop shop, String name) throws IOException {
        byte[] old = Files.readAllBytes(shop.file(name));
        shop.publish("1.1.0");
        shop.snapshot();
        Files.write(shop.file(shop.signedSnapshot().path(name)), old);
        shop.read();
    }

    private static ObjectNode rewrite(Shop shop, String name) throws IOException {
        return (ObjectNode) Wire.tree(Files.readString(shop.file(name)));
    }

    private static Attack jar(String title, Code code, String told, Change change) {
        return attack(
                title,
                code,
                told,
                shop -> {
                    Entry entry = shop.read().entries().get(0);
                    change.of(shop.file(entry.release().file()));
                    shop.reader.jar(new FolderSource(shop.folder), entry);
                });
    }

    private interface Change {
        void of(Path jar) throws IOException;
    }

    static Stream<Attack> jars() {
        return Stream.of(
                jar(
                        "a byte changed after signing",
                        SWAPPED,
                        "is not the file that the publisher of com.acme.words/1.0.0 signed",
                        jar -> {
                            byte[] bytes = Files.readAllBytes(jar);
                            bytes[bytes.length / 2] ^= 1;
                            Files.write(jar, bytes);
                        }),
                jar(
                        "a byte less",
                        SWAPPED,
                        "is not the file",
                        jar -> {
                            byte[] bytes = Files.readAllBytes(jar);
                            Files.write(jar, java.util.Arrays.copyOf(bytes, bytes.length - 1));
                        }),
                jar(
                        "something behind its end",
                        MALFORMED,
                        "larger than the",
                        jar -> Files.write(jar, new byte[10], StandardOpenOption.APPEND)),
                jar(
                        "an entry added that nobody signed",
                        MALFORMED,
                        "larger than the",
                        jar -> {
                            try (var zip = FileSystems.newFileSystem(jar)) {
                                Files.writeString(
                                        zip.getPath("added.txt"), "nobody signed this ".repeat(99));
                            }
                        }),
                attack(
                        "the jar of another release",
                        SWAPPED,
                        "is not the file",
                        shop -> {
                            Path other = shop.file(shop.publish("1.1.0").file());
                            shop.snapshot();
                            Entry entry =
                                    shop.read().entries().stream()
                                            .filter(e -> e.release().version().equals("1.0.0"))
                                            .findFirst()
                                            .orElseThrow();
                            Files.copy(
                                    other,
                                    shop.file(entry.release().file()),
                                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                            shop.reader.jar(new FolderSource(shop.folder), entry);
                        }));
    }

    /** A repository that lies about what publishers signed. */
    static Stream<Attack> indexes() {
        return Stream.of(
                index(
                        "lists what nobody signed",
                        LIES,
                        "which no publisher signed",
                        "value=\"com.acme.words\"",
                        "value=\"com.acme.wards\""),
                index(
                        "points to another jar",
                        LIES,
                        "has another file for com.acme.words/1.0.0",
                        "jars/com.acme.words-1.0.0.jar",
                        "jars/other.jar"),
                index(
                        "points to a file of the reader",
                        LIES,
                        "has another file",
                        "jars/com.acme.words-1.0.0.jar",
                        "file:///etc/passwd"),
                index(
                        "points to another host",
                        LIES,
                        "has another file",
                        "jars/com.acme.words-1.0.0.jar",
                        "https://evil.org/x.jar"),
                index(
                        "names another version",
                        LIES,
                        "which no publisher signed",
                        "value=\"1.0.0\"",
                        "value=\"9.0.0\""),
                index(
                        "has a document type",
                        MALFORMED,
                        INDEX + " is broken",
                        "<repository ",
                        "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><repository increment='&x;' "),
                index(
                        "has entities that grow",
                        MALFORMED,
                        INDEX + " is broken",
                        "<repository ",
                        "<!DOCTYPE r [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]><repository name='&c;' "),
                index("ends in the middle", MALFORMED, INDEX + " is broken", "</repository>", ""),
                index(
                        "has a text without end",
                        MALFORMED,
                        "of at most 16 KiB",
                        "Counts words",
                        "x".repeat(20_000)),
                index(
                        "has attributes without end",
                        MALFORMED,
                        "more than 64 entries",
                        "<capability namespace=\"weft.skill\">",
                        "<capability namespace=\"weft.skill\">" + attributes(70)),
                attack(
                        "hides a permission",
                        LIES,
                        "its manifest",
                        shop -> {
                            shop.change(INDEX, "net,files", "net");
                            shop.lie(INDEX);
                            Entry entry = shop.read().entries().get(0);
                            shop.reader.jar(new FolderSource(shop.folder), entry);
                        }),
                attack(
                        "has other words for a skill",
                        LIES,
                        "its manifest",
                        shop -> {
                            shop.change(INDEX, "Counts words", "Counts money");
                            shop.lie(INDEX);
                            Entry entry = shop.read().entries().get(0);
                            shop.reader.jar(new FolderSource(shop.folder), entry);
                        }),
                attack(
                        "lists a release in two files",
                        MALFORMED,
                        "lists com.acme.words/1.0.0 twice",
                        shop -> {
                            Files.copy(shop.file(INDEX), shop.file("index-x.xml"));
                            shop.lie("index-x.xml");
                            shop.read();
                        }),
                attack(
                        "names documents without end",
                        MALFORMED,
                        "the limit is",
                        shop -> {
                            Map<String, Snapshot.FileDigest> files =
                                    new java.util.TreeMap<>(shop.signedSnapshot().files());
                            for (String big : List.of("a", "b", "c")) {
                                files.put(big, new Snapshot.FileDigest("0".repeat(64), 60 << 20));
                            }
                            shop.sign(
                                    "snapshot.json",
                                    new Snapshot(Snapshot.KIND, 99, "2026-03-08T00:00:00Z", files),
                                    shop.owner);
                            shop.read();
                        }));
    }

    private static String attributes(int count) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append("<attribute name=\"a").append(i).append("\" value=\"x\"/>");
        }
        return text.toString();
    }

    private static Attack index(String title, Code code, String told, String from, String to) {
        return attack(
                "an index that " + title,
                code,
                told,
                shop -> {
                    shop.change(INDEX, from, to);
                    shop.lie(INDEX);
                    shop.read();
                });
    }

    /** Publishers who reach for what is not theirs. */
    static Stream<Attack> publishers() {
        return Stream.of(
                attack(
                        "releases signed by a key that does not own the namespace",
                        UNSIGNED,
                        RELEASES + " has 0 good signatures",
                        shop -> {
                            shop.writer.publish(
                                    "com.acme", shop.jar("com.acme.evil", "1.0.0"), mallory(shop));
                            shop.snapshot();
                            shop.read();
                        }),
                attack(
                        "a jar of another's namespace, by the tools",
                        null,
                        "com.acme.words does not belong to namespace org.mallory",
                        shop ->
                                shop.writer.publish(
                                        "org.mallory",
                                        shop.jar("com.acme.words", "9.0.0"),
                                        mallory(shop))),
                attack(
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
                                    mallory(shop));
                            shop.lie("publishers.json", "publishers/org.mallory.json");
                            shop.read();
                        }),
                attack(
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
                                    mallory(shop));
                            shop.lie("publishers.json", "publishers/org.mallory.json");
                            shop.read();
                        }),
                attack(
                        "a version published anew",
                        null,
                        "a version is for good",
                        shop -> shop.publish("1.0.0")),
                attack(
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
                attack(
                        "two bundles that differ in the case of letters",
                        null,
                        "com.acme.Words/1.0.0 twice",
                        shop ->
                                shop.writer.publish(
                                        "com.acme",
                                        shop.jar("com.acme.Words", "1.0.0"),
                                        shop.acme)),
                attack(
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
                attack(
                        "a name of a publisher that turns text round",
                        null,
                        "characters that nobody sees",
                        shop ->
                                new Publisher(
                                        "org.x", "\u202eemcA", Role.of(shop.acme.publicKey()))));
    }

    private static Attack grab(String title, String told, String namespace) {
        return attack(
                "a namespace " + title,
                null,
                told,
                shop ->
                        shop.writer.publisher(
                                new Publisher(
                                        namespace, "M", Role.of(shop.key("mallory").publicKey())),
                                shop.owner));
    }

    /** A publisher of the same repository, with a namespace of its own. */
    private static HostKey mallory(Shop shop) throws IOException {
        HostKey mallory = shop.key("mallory");
        shop.writer.publisher(
                new Publisher("org.mallory", "M", Role.of(mallory.publicKey())), shop.owner);
        return mallory;
    }

    static Stream<Attack> statements() {
        return Stream.of(
                attack(
                        "a yank of another's release",
                        UNSIGNED,
                        "the statement about com.acme.words/1.0.0 has 0 good signatures",
                        shop -> {
                            shop.writer.state(statement("yank"), mallory(shop));
                            shop.snapshot();
                            shop.read();
                        }),
                attack(
                        "a revocation by nobody",
                        UNSIGNED,
                        "has 0 good signatures",
                        shop -> {
                            shop.writer.state(statement("revoke"));
                            shop.snapshot();
                            shop.read();
                        }),
                attack(
                        "a statement of another repository again",
                        NOT_OWNED,
                        "a statement is about repository \"other\"",
                        shop -> {
                            shop.writer.state(
                                    statement("other", "com.acme.words", "yank"), shop.acme);
                            shop.snapshot();
                            shop.read();
                        }),
                attack(
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
                attack(
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
                attack(
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
                attack(
                        "a release shown as a statement",
                        MALFORMED,
                        "is a \"releases\", not a statement",
                        shop ->
                                RepositoryReader.statement(
                                        Signed.read("s", Files.readAllBytes(shop.file(RELEASES))),
                                        shop.root,
                                        shop.read().publishers())));
    }

    private static Attack server(String title, String told, HttpHandler handler) {
        return attack(
                "a server that " + title,
                null,
                told,
                shop -> {
                    HttpServer server =
                            HttpServer.create(
                                    new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                    server.createContext("/", handler);
                    server.start();
                    try {
                        URI base =
                                URI.create(
                                        "http://127.0.0.1:" + server.getAddress().getPort() + "/");
                        new HttpSource(base, Duration.ofSeconds(2)).read("snapshot.json", 1000);
                    } finally {
                        server.stop(0);
                    }
                });
    }

    static Stream<Attack> servers() {
        return Stream.of(
                server(
                        "sends the reader to another host",
                        "answered 302: repositories are read at the address that was given",
                        exchange -> {
                            exchange.getResponseHeaders().set("Location", "http://evil.org/x");
                            exchange.sendResponseHeaders(302, -1);
                            exchange.close();
                        }),
                server(
                        "gives more than it may",
                        "larger than the 1000 bytes",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 0); // in chunks
                            exchange.getResponseBody().write(new byte[5000]);
                            exchange.close();
                        }),
                server(
                        "promises more than it gives",
                        "cannot be read",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 900);
                            exchange.getResponseBody().write(new byte[10]);
                            exchange.getResponseBody().flush();
                            exchange.close();
                        }),
                server(
                        "gives a part that nobody asked for",
                        "answered 206",
                        exchange -> {
                            exchange.getResponseHeaders().set("Content-Range", "bytes 5-9/10");
                            exchange.sendResponseHeaders(206, 5);
                            exchange.getResponseBody().write(new byte[5]);
                            exchange.close();
                        }),
                server(
                        "gives a byte now and then",
                        "took longer than 2 s",
                        exchange -> {
                            exchange.sendResponseHeaders(200, 900);
                            try {
                                for (int i = 0; i < 100; i++) {
                                    exchange.getResponseBody().write(1);
                                    exchange.getResponseBody().flush();
                                    Thread.currentThread().join(100);
                                }
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        }));
    }

    private static Attack root(String title, Code code, String told, Next next) {
        return attack(
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
                            ObjectNode document = rewrite(shop, "root/2.json");
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
                attack(
                        "a repository in the place of the one that was meant",
                        UNSIGNED,
                        "not the expected one; ask its owner",
                        shop ->
                                new LocalCopy(shop.temporary.resolve("c"), shop.clock)
                                        .add(new FolderSource(shop.folder), "0".repeat(64))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource({
        "snapshots",
        "files",
        "jars",
        "indexes",
        "publishers",
        "statements",
        "roots",
        "servers"
    })
    void is_refused_and_the_reason_told(Attack attack) throws Exception {
        attack.isRefused(temporary);
    }
}
