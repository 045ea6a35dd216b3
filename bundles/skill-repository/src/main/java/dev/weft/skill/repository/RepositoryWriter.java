package dev.weft.skill.repository;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.osgi.framework.Version;

/**
 * Makes and changes a repository in a folder. Every change ends with {@link #snapshot}, which makes it visible; until then readers see a
 * folder that does not fit its snapshot, so publish to a copy where that matters. Use from one thread.
 */
public final class RepositoryWriter {
    private final Path folder;
    private final Clock clock;

    /** Writes into a folder.
     * @param folder of the repository
     * @param clock the time that documents carry */
    public RepositoryWriter(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** Makes a repository that has nothing in it.
     * @param name of the repository
     * @param owner its key: signs root, publishers and snapshots until a new root says otherwise
     * @return its root, whose fingerprint the owner tells people
     * @throws IOException if it cannot be written, or there is one */
    public Root create(String name, HostKey owner) throws IOException {
        if (Files.exists(folder.resolve(RepositoryReader.root(1)))) {
            throw new IOException(folder + " is a repository already");
        }
        Role role = Role.of(owner.publicKey());
        Root root = new Root(Root.KIND, name, 1, in(Duration.ofDays(365)), role, role, role);
        root(root, owner);
        write(
                RepositoryReader.PUBLISHERS,
                Signed.write(new Publishers(Publishers.KIND, 1, List.of()), owner));
        statements(List.of());
        return root;
    }

    /** Adds a root.
     * @param root its version is the successor of the newest
     * @param keys those of the old root and those of the new
     * @throws IOException if it cannot be written */
    public void root(Root root, HostKey... keys) throws IOException {
        write(RepositoryReader.root(root.version()), Signed.write(root, keys));
    }

    /** Gives a namespace to a publisher, or new keys to one that lost its own.
     * @param publisher whom
     * @param owner a key of the repository's {@code publishers} role
     * @throws IOException if it cannot be written */
    public void publisher(Publishers.Publisher publisher, HostKey owner) throws IOException {
        Publishers old = publishers();
        List<Publishers.Publisher> all = new ArrayList<>(old.publishers());
        all.removeIf(p -> p.namespace().equals(publisher.namespace()));
        all.add(publisher);
        write(
                RepositoryReader.PUBLISHERS,
                Signed.write(new Publishers(Publishers.KIND, old.version() + 1, all), owner));
    }

    /** Publishes a jar: copies it, and signs its digest and that of its manifest.
     * @param namespace of the publisher
     * @param jar a bundle whose name lies in the namespace
     * @param key of the publisher
     * @return what was signed
     * @throws IOException if it is no bundle, the version exists, or it cannot be written */
    public Releases.Release publish(String namespace, Path jar, HostKey key) throws IOException {
        byte[] bytes = Files.readAllBytes(jar);
        String bundle;
        String version;
        byte[] manifest;
        try (JarFile file = new JarFile(jar.toFile())) {
            var main = file.getManifest() == null ? null : file.getManifest().getMainAttributes();
            if (main == null || main.getValue("Bundle-SymbolicName") == null) {
                throw new IOException(
                        jar + " is not a bundle: its manifest has no Bundle-SymbolicName");
            }
            bundle = main.getValue("Bundle-SymbolicName").split(";")[0].strip();
            version = Version.parseVersion(main.getValue("Bundle-Version")).toString();
            try (var in = file.getInputStream(file.getEntry(JarFile.MANIFEST_NAME))) {
                manifest = in.readAllBytes();
            }
        }
        Releases old = releases(namespace);
        Releases.Release release =
                new Releases.Release(
                        bundle,
                        version,
                        "jars/" + bundle + "-" + version + ".jar",
                        Root.sha256(bytes),
                        bytes.length,
                        Root.sha256(manifest),
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        if (old.releases().stream().anyMatch(r -> r.id().equals(release.id()))) {
            throw new IOException(
                    release.id()
                            + " is published already; a version is for good: raise Bundle-Version");
        }
        List<Releases.Release> all = new ArrayList<>(old.releases());
        all.add(release);
        Releases next = new Releases(Releases.KIND, namespace, old.version() + 1, all);
        write(release.file(), bytes);
        write(RepositoryReader.releases(namespace), Signed.write(next, key));
        return release;
    }

    /** Signs all releases of a namespace anew, after its key changed.
     * @param namespace whose
     * @param key the new one
     * @throws IOException if it cannot be written */
    public void resign(String namespace, HostKey key) throws IOException {
        Releases old = releases(namespace);
        write(
                RepositoryReader.releases(namespace),
                Signed.write(
                        new Releases(Releases.KIND, namespace, old.version() + 1, old.releases()),
                        key));
    }

    /** Says that a release is not to be used.
     * @param statement what
     * @param key of its publisher, or of the repository
     * @return the signed statement, which can also be passed on by itself
     * @throws IOException if it cannot be written */
    public byte[] state(Statement statement, HostKey key) throws IOException {
        byte[] signed = Signed.write(statement, key);
        List<JsonNode> all = new ArrayList<>();
        tree(RepositoryReader.STATEMENTS).path("statements").forEach(all::add);
        all.add(Wire.tree(new String(signed, StandardCharsets.UTF_8)));
        statements(all);
        return signed;
    }

    /** Makes the index with bnd's indexer, and signs what the repository holds now.
     * @param life until it expires
     * @param key of the snapshot role
     * @throws IOException if it cannot be written */
    public void snapshot(Duration life, HostKey key) throws IOException {
        long version =
                Files.exists(folder.resolve(RepositoryReader.SNAPSHOT))
                        ? tree(RepositoryReader.SNAPSHOT).path("signed").path("version").asLong()
                                + 1
                        : 1;
        Publishers publishers = publishers();
        IndexWriter index = new IndexWriter(folder);
        Map<String, Snapshot.FileDigest> files = new TreeMap<>();
        for (Publishers.Publisher publisher : publishers.publishers()) {
            Releases own = releases(publisher.namespace());
            if (!own.releases().isEmpty()) {
                files.put(RepositoryReader.releases(publisher.namespace()), null);
                files.put(index.part(own), null);
            }
        }
        index.whole(version);
        for (String name :
                List.of(
                        RepositoryReader.PUBLISHERS,
                        RepositoryReader.STATEMENTS,
                        RepositoryReader.INDEX)) {
            files.put(name, null);
        }
        for (Map.Entry<String, Snapshot.FileDigest> file : files.entrySet()) {
            file.setValue(
                    Snapshot.FileDigest.of(Files.readAllBytes(folder.resolve(file.getKey()))));
        }
        write(
                RepositoryReader.SNAPSHOT,
                Signed.write(new Snapshot(Snapshot.KIND, version, in(life), files), key));
    }

    private Publishers publishers() throws IOException {
        return Wire.as(tree(RepositoryReader.PUBLISHERS).path("signed"), Publishers.class);
    }

    private Releases releases(String namespace) throws IOException {
        String name = RepositoryReader.releases(namespace);
        return Files.exists(folder.resolve(name))
                ? Wire.as(tree(name).path("signed"), Releases.class)
                : new Releases(Releases.KIND, namespace, 1, List.of());
    }

    private void statements(List<JsonNode> statements) throws IOException {
        ObjectNode document = Wire.object();
        document.putArray("statements").addAll(statements);
        write(RepositoryReader.STATEMENTS, Wire.write(document).getBytes(StandardCharsets.UTF_8));
    }

    private JsonNode tree(String name) throws IOException {
        return Wire.tree(Files.readString(folder.resolve(name)));
    }

    private void write(String name, byte[] bytes) throws IOException {
        LocalCopy.replace(folder.resolve(name), bytes);
    }

    private String in(Duration life) {
        return clock.instant().plus(life).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
