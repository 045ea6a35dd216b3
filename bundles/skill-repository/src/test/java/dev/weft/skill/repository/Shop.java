package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException.Code;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** A repository in a temporary folder with one publisher, and the means to spoil it. */
final class Shop {
    final Path folder;
    final Path temporary;
    final HostKey owner;
    final HostKey acme;
    final RepositoryWriter writer;
    final Root root;
    private Instant now = Instant.parse("2026-03-01T00:00:00Z");
    final Clock clock =
            new Clock() {
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
            };
    final RepositoryReader reader = new RepositoryReader(clock);

    Shop(Path temporary) throws IOException {
        this.temporary = temporary;
        folder = temporary.resolve("repository");
        owner = key("owner");
        acme = key("acme");
        writer = new RepositoryWriter(folder, clock);
        root = writer.create("test", owner);
        writer.publisher(
                new Publishers.Publisher("com.acme", "Acme", Role.of(acme.publicKey())), owner);
        publish("1.0.0");
        snapshot();
    }

    HostKey key(String name) throws IOException {
        return HostKey.loadOrCreate(temporary.resolve("keys").resolve(name));
    }

    void later(Duration time) {
        now = now.plus(time);
    }

    Releases.Release publish(String version) throws IOException {
        return writer.publish("com.acme", jar("com.acme.words", version), acme);
    }

    void snapshot() throws IOException {
        writer.snapshot(Duration.ofDays(7), owner);
    }

    Contents read() throws IOException {
        return read(Optional.empty());
    }

    Contents read(Optional<Contents> before) throws IOException {
        return reader.read(new FolderSource(folder), root, before);
    }

    /** Remembers the whole repository, to bring it back later. */
    Path photograph() throws IOException {
        Path copy = temporary.resolve("copy" + now.toEpochMilli() + System.nanoTime());
        copy(folder, copy);
        return copy;
    }

    void bringBack(Path copy) throws IOException {
        copy(copy, folder);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file));
                Files.createDirectories(target.getParent());
                Files.write(target, Files.readAllBytes(file));
            }
        }
    }

    Path jar(String bundle, String version) throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.putValue("Manifest-Version", "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", bundle);
        main.putValue("Bundle-Version", version);
        main.putValue(
                "Provide-Capability",
                "weft.skill;weft.skill=words;title=Words;description=\"Counts words, and letters\";permissions:List<String>=\"net,files\"");
        Path jar = temporary.resolve(bundle + "-" + version + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            out.putNextEntry(new JarEntry("text.txt"));
            out.write(version.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
        return jar;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    void sign(String name, Object body, HostKey... keys) throws IOException {
        LocalCopy.replace(file(name), Signed.write(body, keys));
    }

    /** A document as it is now, to be changed. */
    ObjectNode document(String name) throws IOException {
        return (ObjectNode) Wire.tree(Files.readString(file(name)));
    }

    /** A publisher of this repository with a namespace of its own, org.mallory. */
    HostKey mallory() throws IOException {
        HostKey mallory = key("mallory");
        writer.publisher(
                new Publishers.Publisher("org.mallory", "M", Role.of(mallory.publicKey())), owner);
        return mallory;
    }

    /** What a repository that lies would do: sign what it forged. */
    void lie(String... forged) throws IOException {
        Snapshot old = signedSnapshot();
        Map<String, Snapshot.FileDigest> files = new TreeMap<>(old.files());
        for (String name : forged) {
            byte[] bytes = Files.readAllBytes(file(name));
            Snapshot.FileDigest digest = Snapshot.FileDigest.of(bytes);
            files.put(name, digest);
            LocalCopy.replace(file(Snapshot.path(name, digest)), bytes);
        }
        sign(
                "snapshot.json",
                new Snapshot(Snapshot.KIND, old.version() + 1, old.expires(), files),
                owner);
    }

    Snapshot signedSnapshot() throws IOException {
        return Wire.as(
                Wire.tree(Files.readString(file("snapshot.json"))).path("signed"), Snapshot.class);
    }

    /** A statement about the only release. */
    static Statement statement(String verb) {
        return statement("test", "com.acme.words", verb);
    }

    static Statement statement(String repository, String bundle, String verb) {
        return new Statement(
                "statement", repository, bundle, "1.0.0", verb, "leaks", "2026-03-01T00:00:00Z");
    }

    static Releases.Release release(String bundle, String version) {
        return new Releases.Release(
                bundle,
                version,
                "jars/x.jar",
                "0".repeat(64),
                1,
                "0".repeat(64),
                "2026-03-01T00:00:00Z");
    }

    static void refused(Code code, Executable what) {
        CatalogException refused = assertThrows(CatalogException.class, what);
        assertEquals(code, refused.code(), refused.getMessage());
    }

    /** Changes what readers read, and what the owner works on. */
    void change(String name, String from, String to) throws IOException {
        replace(folder.resolve(name), from, to);
        if (!name.equals("snapshot.json")) {
            Snapshot snapshot = new RepositoryFolder(folder).snapshot().orElseThrow();
            replace(folder.resolve(snapshot.path(name)), from, to);
        }
    }

    private static void replace(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        if (!text.contains(from)) {
            throw new AssertionError(from + " is not in " + text);
        }
        Files.writeString(file, text.replace(from, to));
    }
}
