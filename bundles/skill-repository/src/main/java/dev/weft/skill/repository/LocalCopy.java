package dev.weft.skill.repository;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** A repository that a host reads, and its last good copy on disk. Use from one thread at a time. */
public final class LocalCopy {
    private static final String STATE = "state.json";

    private final Path folder;
    private final RepositoryReader reader;
    private Optional<Contents> current = Optional.empty();

    /** Looks at a copy; there may be none yet.
     * @param folder its own
     * @param clock tells what is expired */
    public LocalCopy(Path folder, Clock clock) {
        this.folder = folder;
        this.reader = new RepositoryReader(clock);
    }

    /** Which root is trusted, which snapshot was seen, and which file of the copy holds which name. */
    private record State(Root root, long snapshot, Map<String, String> files) {}

    /** Begins to trust a repository.
     * @param source where it is
     * @param fingerprint of its first root, as its owner tells it; compared before anything is kept
     * @return its first root
     * @throws IOException if it is another, or cannot be read */
    public Root add(Source source, String fingerprint) throws IOException {
        Root root = reader.first(source);
        if (!root.fingerprint().equals(fingerprint)) {
            throw new CatalogException(
                    CatalogException.Code.UNSIGNED,
                    "the fingerprint of repository "
                            + root.repository()
                            + " is "
                            + root.fingerprint()
                            + ", not the expected one; ask its owner");
        }
        Files.createDirectories(folder);
        write(new State(root, 0, Map.of()));
        current = Optional.empty();
        return root;
    }

    /** Reads what changed in the repository. If anything is wrong the copy stays as it was; a damaged copy is made whole.
     * @param source where it is
     * @return what it holds
     * @throws IOException if it cannot be read, or is not to be believed */
    public Contents refresh(Source source) throws IOException {
        State state = state();
        Optional<Contents> before;
        try {
            before = last();
        } catch (IOException damaged) {
            before = Optional.empty(); // all is read again; its snapshot must still not be older
        }
        Map<String, String> names = new TreeMap<>();
        Source kept =
                (name, most) -> {
                    byte[] bytes = source.read(name, most);
                    if (!name.startsWith("root/")) {
                        names.put(name, keep(bytes));
                    }
                    return bytes;
                };
        Contents contents = reader.read(kept, state.root(), before);
        RepositoryReader.notOlder(
                RepositoryReader.SNAPSHOT, state.snapshot(), contents.snapshot().version());
        contents.snapshot()
                .files()
                .keySet()
                .forEach(
                        name ->
                                names.putIfAbsent(
                                        contents.snapshot().path(name),
                                        contents.snapshot()
                                                .files()
                                                .get(name)
                                                .sha256())); // unchanged
        write(new State(contents.root(), contents.snapshot().version(), names));
        sweep(new HashSet<>(names.values()));
        current = Optional.of(contents);
        return contents;
    }

    private String keep(byte[] bytes) throws IOException {
        String digest = Root.sha256(bytes);
        replace(folder.resolve(digest), bytes);
        return digest;
    }

    /** What was good last; may be expired. Verified when it is read from disk, which is once.
     * @return empty if there was none yet
     * @throws IOException if the copy is damaged: refresh it */
    public Optional<Contents> last() throws IOException {
        if (current.isPresent()) {
            return current;
        }
        State state = state();
        if (state.files().isEmpty()) {
            return Optional.empty();
        }
        Source copy =
                (name, most) -> {
                    String file = state.files().get(name);
                    if (file == null) {
                        throw new java.nio.file.NoSuchFileException(name);
                    }
                    return new FolderSource(folder).read(file, most);
                };
        current = Optional.of(reader.readOld(copy, state.root(), Optional.empty()));
        return current;
    }

    /** The statements of the last good state, each a signed document that can be passed on.
     * @return empty if there was none yet
     * @throws IOException if the copy is damaged: refresh it */
    public List<byte[]> statements() throws IOException {
        Optional<Contents> last = last();
        if (last.isEmpty()) {
            return List.of();
        }
        Snapshot.FileDigest file = last.get().snapshot().files().get(RepositoryReader.STATEMENTS);
        byte[] json = new FolderSource(folder).read(file.sha256(), file.length());
        List<byte[]> all = new ArrayList<>();
        for (JsonNode one :
                Wire.tree(new String(json, StandardCharsets.UTF_8)).path("statements")) {
            all.add(Wire.write(one).getBytes(StandardCharsets.UTF_8));
        }
        return all;
    }

    private State state() throws IOException {
        try {
            return Wire.as(Wire.tree(Files.readString(folder.resolve(STATE))), State.class);
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new IOException(folder.resolve(STATE) + " is damaged: remove and add it", e);
        }
    }

    private void write(State state) throws IOException {
        replace(folder.resolve(STATE), Wire.write(state).getBytes(StandardCharsets.UTF_8));
    }

    private void sweep(Set<String> used) throws IOException {
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                String name = file.getFileName().toString();
                if (!name.equals(STATE) && !used.contains(name)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    static void replace(Path file, byte[] bytes) throws IOException {
        replace(file, draft -> Files.write(draft, bytes));
    }

    /** Fills the draft of a file. */
    interface Filling {
        void into(Path draft) throws IOException;
    }

    static void replace(Path file, Filling filling) throws IOException {
        Path parent = file.toAbsolutePath().getParent();
        Files.createDirectories(parent);
        Path draft = Files.createTempFile(parent, ".new", ".tmp");
        try {
            filling.into(draft);
            try {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException stick) {
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
