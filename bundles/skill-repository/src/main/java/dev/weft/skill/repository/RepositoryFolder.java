package dev.weft.skill.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a repository as its owner works on them. A document has its plain name while it is worked on; a snapshot copies it to the
 * name that readers use. Names that begin with a dot are the owner's own and nothing that a reader asks for.
 */
class RepositoryFolder {
    /** How long readers of a snapshot that was replaced still find its files. */
    static final Duration GRACE = Duration.ofHours(1);

    private static final String PENDING = ".pending/";

    private final Path folder;

    RepositoryFolder(Path folder) {
        this.folder = folder;
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    boolean exists(String name) {
        return Files.exists(path(name));
    }

    byte[] read(String name) throws IOException {
        return Files.readAllBytes(path(name));
    }

    void write(String name, byte[] bytes) throws IOException {
        LocalCopy.replace(path(name), bytes);
    }

    void copy(String name, Path file) throws IOException {
        LocalCopy.replace(
                path(name), draft -> Files.copy(file, draft, StandardCopyOption.REPLACE_EXISTING));
    }

    /** The newest root; it is the owner's own folder, so nothing is verified.
     * @throws IOException if this is no repository */
    Root root() throws IOException {
        long version = 1;
        while (exists(RepositoryReader.root(version + 1))) {
            version++;
        }
        return root(version);
    }

    Root root(long version) throws IOException {
        if (!exists(RepositoryReader.root(version))) {
            throw new IOException(folder + " is no repository: it has no root/1.json");
        }
        return document(RepositoryReader.root(version), Root.class);
    }

    Publishers publishers() throws IOException {
        return document(RepositoryReader.PUBLISHERS, Publishers.class);
    }

    Releases releases(String namespace) throws IOException {
        String name = RepositoryReader.releases(namespace);
        return exists(name) ? document(name, Releases.class) : Releases.none(namespace);
    }

    Optional<Snapshot> snapshot() throws IOException {
        return exists(RepositoryReader.SNAPSHOT)
                ? Optional.of(document(RepositoryReader.SNAPSHOT, Snapshot.class))
                : Optional.empty();
    }

    /** All statements, each a signed document. */
    List<byte[]> statements() throws IOException {
        List<byte[]> all = new ArrayList<>();
        for (JsonNode one : tree(RepositoryReader.STATEMENTS).path("statements")) {
            all.add(Wire.write(one).getBytes(StandardCharsets.UTF_8));
        }
        return all;
    }

    void statements(List<byte[]> statements) throws IOException {
        ObjectNode document = Wire.object();
        var list = document.putArray("statements");
        statements.forEach(s -> list.add(Wire.tree(new String(s, StandardCharsets.UTF_8))));
        write(RepositoryReader.STATEMENTS, Wire.write(document).getBytes(StandardCharsets.UTF_8));
    }

    /** The keys that a namespace shall have from its next document on.
     * @return empty if they do not change */
    Optional<Publishers.Publisher> pending(String namespace) throws IOException {
        String name = PENDING + namespace + ".json";
        return exists(name)
                ? Optional.of(as(name, tree(name), Publishers.Publisher.class))
                : Optional.empty();
    }

    /** All publishers whose keys are to change. */
    List<Publishers.Publisher> pending() throws IOException {
        List<Publishers.Publisher> all = new ArrayList<>();
        if (Files.isDirectory(path(PENDING))) {
            try (Stream<Path> files = Files.list(path(PENDING))) {
                for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                    String name = PENDING + file.getFileName();
                    all.add(as(name, tree(name), Publishers.Publisher.class));
                }
            }
        }
        return all;
    }

    void pending(Publishers.Publisher publisher) throws IOException {
        write(
                PENDING + publisher.namespace() + ".json",
                Wire.write((Object) publisher).getBytes(StandardCharsets.UTF_8));
    }

    void settled(String namespace) throws IOException {
        Files.deleteIfExists(path(PENDING + namespace + ".json"));
    }

    /** Copies what a snapshot names to where readers look.
     * @return the snapshot's list */
    Map<String, Snapshot.FileDigest> freeze(Set<String> names) throws IOException {
        Map<String, Snapshot.FileDigest> files = new java.util.TreeMap<>();
        for (String name : names) {
            byte[] bytes = read(name);
            Snapshot.FileDigest digest = Snapshot.FileDigest.of(bytes);
            String target = Snapshot.path(name, digest);
            if (!exists(target) || Files.size(path(target)) != bytes.length) {
                write(target, bytes);
            }
            files.put(name, digest);
        }
        return files;
    }

    /** Removes what only old snapshots name, an hour after it was replaced.
     * @param before the snapshot that was just replaced
     * @param now the one that counts */
    void sweep(Optional<Snapshot> before, Snapshot now, Instant time) throws IOException {
        Set<String> used = paths(now);
        for (String old : before.map(RepositoryFolder::paths).orElse(Set.of())) {
            if (!used.contains(old) && exists(old)) {
                Files.setLastModifiedTime(path(old), FileTime.from(time));
            }
        }
        for (String part : List.of("", "publishers/")) {
            if (!Files.isDirectory(path(part))) {
                continue;
            }
            try (Stream<Path> files = Files.list(path(part))) {
                for (Path file : files.toList()) {
                    String name = part + file.getFileName();
                    if (file.getFileName().toString().matches("[0-9a-f]{64}\\..*")
                            && !used.contains(name)
                            && Files.getLastModifiedTime(file)
                                    .toInstant()
                                    .isBefore(time.minus(GRACE))) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        }
    }

    private static Set<String> paths(Snapshot snapshot) {
        return snapshot.files().keySet().stream().map(snapshot::path).collect(Collectors.toSet());
    }

    private <T> T document(String name, Class<T> type) throws IOException {
        return as(name, tree(name).path("signed"), type);
    }

    private <T> T as(String name, JsonNode tree, Class<T> type) throws IOException {
        try {
            return Wire.as(tree, type);
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new IOException(path(name) + " is damaged: " + e.getMessage(), e);
        }
    }

    private JsonNode tree(String name) throws IOException {
        try {
            return Wire.tree(Files.readString(path(name)));
        } catch (ProtocolException e) {
            throw new IOException(path(name) + " is damaged: " + e.getMessage(), e);
        }
    }
}
