package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.ROLLBACK;
import static dev.weft.skill.repository.CatalogException.Code.SWAPPED;
import static dev.weft.skill.repository.Shop.statement;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
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
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Files of two states are mixed, changed on their way, or come from a server that lies. */
class HostileFilesTest {
    private static final String INDEX = "index-com.acme.xml";
    private static final String RELEASES = "publishers/com.acme.json";
    @TempDir Path temporary;

    /** Files of two states are mixed, or changed on their way. */
    static Stream<Attack> files() {
        return Stream.of(
                Attack.of(
                        "another index",
                        SWAPPED,
                        INDEX + " is not the file that snapshot",
                        shop -> {
                            shop.change(INDEX, "Counts", "Sounts");
                            shop.read();
                        }),
                Attack.of(
                        "the index of an older state",
                        SWAPPED,
                        INDEX + " is not the file that snapshot",
                        shop -> mixed(shop, INDEX)),
                Attack.of(
                        "the releases of an older state",
                        SWAPPED,
                        RELEASES + " is not the file that snapshot",
                        shop -> mixed(shop, RELEASES)),
                Attack.of(
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
                Attack.of(
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
                Attack.of(
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
                Attack.of(
                        "an address of another kind",
                        null,
                        "a repository is at https://, http://, file: or a path",
                        shop -> Source.of("ftp://evil.org/")));
    }

    private static Attack badName(String title, String name) {
        return Attack.of(
                title,
                null,
                "no file name of a repository",
                shop -> new FolderSource(shop.folder).read(name, 10));
    }

    private static void mixed(Shop shop, String name) throws IOException {
        byte[] old = Files.readAllBytes(shop.file(name));
        shop.publish("1.1.0");
        shop.snapshot();
        Files.write(shop.file(shop.signedSnapshot().path(name)), old);
        shop.read();
    }

    private static Attack jar(String title, Code code, String told, Change change) {
        return Attack.of(
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
                Attack.of(
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

    private static Attack server(String title, String told, HttpHandler handler) {
        return server(title, told, Duration.ofSeconds(60), handler);
    }

    private static Attack server(String title, String told, Duration whole, HttpHandler handler) {
        return Attack.of(
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
                        new HttpSource(base, whole).read("snapshot.json", 1000);
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
                        Duration.ofSeconds(2),
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

    @ParameterizedTest(name = "{0}")
    @MethodSource({"files", "jars", "servers"})
    void is_refused_and_the_reason_told(Attack attack) throws Exception {
        attack.isRefused(temporary);
    }
}
