package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.CHANGED;
import static dev.weft.skill.repository.CatalogException.Code.NOT_OWNED;
import static dev.weft.skill.repository.CatalogException.Code.ROLLBACK;
import static dev.weft.skill.repository.CatalogException.Code.SWAPPED;

import dev.weft.api.identity.HostKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes and changes a repository in a folder. Every change ends with {@link #snapshot}, which makes it visible in one step: readers see
 * the repository as it was or as it is, also if this is killed in between. Use from one thread.
 */
public final class RepositoryWriter {
    /** How long a root is good. */
    public static final Duration ROOT_LIFE = Duration.ofDays(365);

    private static final int MAX_STATEMENTS = 10_000;

    private final RepositoryFolder folder;
    private final Clock clock;
    private final Namespaces namespaces;

    /** Writes into a folder.
     * @param folder of the repository
     * @param clock the time that documents carry */
    public RepositoryWriter(Path folder, Clock clock) {
        this(new RepositoryFolder(folder), clock);
    }

    RepositoryWriter(RepositoryFolder folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
        this.namespaces = new Namespaces(folder);
    }

    /** Makes a repository that has nothing in it.
     * @param name of the repository
     * @param owner its key: signs root, publishers and snapshots until a new root says otherwise
     * @return its root, whose fingerprint the owner tells people
     * @throws IOException if it cannot be written, or there is one */
    public Root create(String name, HostKey owner) throws IOException {
        if (folder.exists(RepositoryReader.root(1))) {
            throw new IOException(folder.path("") + " is a repository already");
        }
        Role role = Role.of(owner.publicKey());
        Root root = new Root(Root.KIND, name, 1, in(ROOT_LIFE), role, role, role);
        namespaces.write(1, List.of(), owner);
        folder.statements(List.of());
        root(root, owner); // last: what has a root is whole
        return root;
    }

    /** Adds a root. If other keys sign publishers from now on, all that those sign is signed anew.
     * @param root its version is the successor of the newest
     * @param keys those of the old root and those of the new
     * @throws IOException if it cannot be written */
    public void root(Root root, HostKey... keys) throws IOException {
        root(Signed.write(root, keys), keys);
    }

    /** Adds a root that was signed elsewhere.
     * @param document the signed root
     * @param keys those of its {@code publishers} role
     * @throws IOException if it cannot be written */
    public void root(byte[] document, HostKey... keys) throws IOException {
        String what = "the new root";
        Root root = Signed.read(what, document).unverified(what, Root.KIND, Root.class);
        folder.write(RepositoryReader.root(root.version()), document);
        List<HostKey> owners = new ArrayList<>(List.of(keys));
        owners.removeIf(key -> !root.publishers().keys().contains(key.publicKey()));
        if (owners.size() >= root.publishers().threshold()) {
            HostKey[] enough = owners.toArray(HostKey[]::new);
            Publishers old = folder.publishers();
            namespaces.write(old.version() + 1, old.publishers(), enough);
            List<byte[]> statements = new ArrayList<>();
            for (byte[] statement : folder.statements()) {
                statements.add(Signed.read("a statement", statement).with(enough));
            }
            folder.statements(statements);
        }
    }

    /** The newest root.
     * @return what it says
     * @throws IOException if this is no repository */
    public Root root() throws IOException {
        return folder.root();
    }

    /** A root.
     * @param version 1 for the first, whose fingerprint people compare
     * @return what it says
     * @throws IOException if there is none */
    public Root root(long version) throws IOException {
        return folder.root(version);
    }

    /** The skills that readers can find.
     * @return skill id → symbolic name of the bundle that has it
     * @throws IOException if the index cannot be read */
    public Map<String, String> skills() throws IOException {
        Map<String, String> skills = new HashMap<>();
        for (Publishers.Publisher publisher : folder.publishers().publishers()) {
            String part = Index.part(publisher.namespace());
            if (folder.exists(part)) {
                skills.putAll(folder.releases(publisher.namespace()).skills(folder.read(part)));
            }
        }
        return skills;
    }

    /** Who owns what.
     * @return the publishers
     * @throws IOException if it cannot be read */
    public Publishers publishers() throws IOException {
        return folder.publishers();
    }

    /** What a publisher published.
     * @param namespace whose
     * @return its document; version 0 if there is none yet
     * @throws IOException if it cannot be read */
    public Releases releases(String namespace) throws IOException {
        return folder.releases(namespace);
    }

    /** What readers see now.
     * @return empty if nothing was made visible yet
     * @throws IOException if it cannot be read */
    public Optional<Snapshot> snapshot() throws IOException {
        return folder.snapshot();
    }

    /** The keys that a namespace has from its next document on.
     * @param namespace whose
     * @return empty if they do not change
     * @throws IOException if it cannot be read */
    public Optional<Publishers.Publisher> pending(String namespace) throws IOException {
        return folder.pending(namespace);
    }

    /** Gives a namespace to a publisher, or new keys to one that changes or lost its own. If releases were signed with keys that would
     * not count any more, the new ones count from the next {@link #accept} on, which must be signed with them.
     * @param publisher whom
     * @param owners keys of the repository's {@code publishers} role
     * @return whether it counts at once
     * @throws IOException if it cannot be written */
    public boolean publisher(Publishers.Publisher publisher, HostKey... owners) throws IOException {
        return namespaces.give(publisher, owners);
    }

    /** Takes a namespace away: its releases are not offered any more. Who has it next must sign them anew.
     * @param namespace whose
     * @param owners keys of the repository's {@code publishers} role
     * @return false if nobody has it
     * @throws IOException if it cannot be written */
    public boolean remove(String namespace, HostKey... owners) throws IOException {
        return namespaces.remove(namespace, owners);
    }

    /** Takes a publisher's document, and the jars that are new in it.
     * @param document signed by the publisher; names all that was published before, too
     * @param jars where the jar with a digest is; asked for new releases only
     * @param owners keys of the repository's {@code publishers} role, for keys that are {@linkplain #pending pending}
     * @return what is new
     * @throws CatalogException if it is not the publisher's, takes something back, is older than what is here, or a jar is another
     * @throws IOException if it cannot be written */
    public List<Releases.Release> accept(byte[] document, Jars jars, HostKey... owners)
            throws IOException {
        Signed signed = Signed.read("the document of releases", document);
        String namespace =
                signed.unverified("the document", Releases.KIND, Releases.class).namespace();
        String name = RepositoryReader.releases(namespace);
        Optional<Publishers.Publisher> pending = folder.pending(namespace);
        Publishers.Publisher publisher =
                pending.or(() -> namespaces.owner(namespace))
                        .orElseThrow(
                                () ->
                                        new CatalogException(
                                                NOT_OWNED,
                                                "nobody has the namespace "
                                                        + namespace
                                                        + " here; the repository's owner gives it"));
        Releases next = signed.open(name, publisher.role(), Releases.KIND, Releases.class);
        Releases old = folder.releases(namespace);
        if (next.version() <= old.version()) {
            throw new CatalogException(
                    ROLLBACK,
                    name
                            + " is at version "
                            + old.version()
                            + " here; read it again and publish on top of it");
        }
        Set<Releases.Release> before = new HashSet<>(old.releases());
        List<Releases.Release> fresh = new ArrayList<>(next.releases());
        fresh.removeIf(before::contains);
        if (next.releases().size() - fresh.size() != before.size()) {
            throw new CatalogException(
                    CHANGED,
                    "the document of "
                            + namespace
                            + " changes or leaves out what was published; a version is for good");
        }
        for (Releases.Release release : fresh) {
            take(release, jars);
        }
        folder.write(name, document);
        namespaces.settle(owners);
        return fresh;
    }

    /** Gives the jars of new releases. */
    @FunctionalInterface
    public interface Jars {
        /** Finds a jar.
         * @param release the release that names it
         * @return a file
         * @throws IOException if there is none */
        Path of(Releases.Release release) throws IOException;
    }

    private void take(Releases.Release release, Jars jars) throws IOException {
        Path jar = jars.of(release);
        Releases.Release found = Releases.Release.of(jar, clock);
        if (!found.sha256().equals(release.sha256())
                || found.length() != release.length()
                || !found.manifest().equals(release.manifest())
                || !found.id().equals(release.id())
                || !found.file().equals(release.file())) {
            throw new CatalogException(
                    SWAPPED,
                    "the jar of "
                            + release.id()
                            + " is not what the document says of it: it is "
                            + found.id()
                            + ", "
                            + found.length()
                            + " bytes, SHA-256 "
                            + found.sha256());
        }
        folder.copy(release.file(), jar);
    }

    /** Publishes a jar: copies it, and signs its digest and that of its manifest.
     * @param namespace of the publisher
     * @param jar a bundle whose name lies in the namespace
     * @param keys of the publisher
     * @return what was signed
     * @throws IOException if it is no bundle, the version exists, or it cannot be written */
    public Releases.Release publish(String namespace, Path jar, HostKey... keys)
            throws IOException {
        Releases.Release release = Releases.Release.of(jar, clock);
        Releases next = folder.releases(namespace).with(List.of(release));
        take(release, any -> jar);
        folder.write(RepositoryReader.releases(namespace), Signed.write(next, keys));
        return release;
    }

    /** Signs all releases of a namespace anew, after its key changed.
     * @param namespace whose
     * @param keys the new ones
     * @throws IOException if it cannot be written */
    public void resign(String namespace, HostKey... keys) throws IOException {
        folder.write(
                RepositoryReader.releases(namespace),
                Signed.write(folder.releases(namespace).with(List.of()), keys));
    }

    /** Says that a release is not to be used.
     * @param statement what
     * @param keys of its publisher, or of the repository
     * @return the signed statement, which can also be passed on by itself
     * @throws IOException if it cannot be written */
    public byte[] state(Statement statement, HostKey... keys) throws IOException {
        byte[] signed = Signed.write(statement, keys);
        add(signed);
        return signed;
    }

    /** Takes a statement that its publisher, or the repository, signed. The repository signs it too, so that it stays good when the
     * publisher's keys change.
     * @param statement a signed document
     * @param owners keys of the repository's {@code publishers} role
     * @return the statement as it is kept
     * @throws CatalogException if neither signed it
     * @throws IOException if it cannot be written */
    public byte[] accept(byte[] statement, HostKey... owners) throws IOException {
        Signed signed = Signed.read("the statement", statement);
        RepositoryReader.statement(signed, folder.root(), folder.publishers());
        byte[] both = signed.with(owners);
        add(both);
        return both;
    }

    private void add(byte[] signed) throws IOException {
        List<byte[]> all = new ArrayList<>(folder.statements());
        String body = Signed.read("the statement", signed).text();
        for (byte[] one : all) {
            if (Signed.read("a statement", one).text().equals(body)) {
                return; // said before
            }
        }
        if (all.size() >= MAX_STATEMENTS) {
            throw new IOException("a repository holds at most " + MAX_STATEMENTS + " statements");
        }
        all.add(signed);
        folder.statements(all);
    }

    /** Makes the index with bnd's indexer, and signs what the repository holds now: from here on readers see it.
     * @param life until it expires, at most {@link Snapshot#LONGEST_LIFE}
     * @param keys of the snapshot role
     * @return what was signed
     * @throws IllegalArgumentException if it would last longer; nothing is written
     * @throws IOException if it cannot be written */
    public Snapshot snapshot(Duration life, HostKey... keys) throws IOException {
        Check.check(
                life.compareTo(Snapshot.LONGEST_LIFE) <= 0,
                "a snapshot may last "
                        + Snapshot.LONGEST_LIFE.toDays()
                        + " days, not "
                        + life.toDays()
                        + ": readers refuse longer ones; sign it anew before it expires");
        namespaces.settle(keys);
        Optional<Snapshot> before = folder.snapshot();
        long version = before.map(Snapshot::version).orElse(0L) + 1;
        IndexWriter index = new IndexWriter(folder.path(""));
        Set<String> names =
                new TreeSet<>(
                        Set.of(
                                RepositoryReader.PUBLISHERS,
                                RepositoryReader.STATEMENTS,
                                RepositoryReader.INDEX));
        for (Publishers.Publisher publisher : folder.publishers().publishers()) {
            String name = RepositoryReader.releases(publisher.namespace());
            if (folder.exists(name)) {
                names.add(name);
                names.add(index.part(folder.releases(publisher.namespace())));
            }
        }
        index.whole(version);
        Snapshot next = new Snapshot(Snapshot.KIND, version, in(life), folder.freeze(names));
        folder.write(RepositoryReader.SNAPSHOT, Signed.write(next, keys));
        folder.sweep(before, next, clock.instant());
        return next;
    }

    private String in(Duration life) {
        return clock.instant().plus(life).truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
