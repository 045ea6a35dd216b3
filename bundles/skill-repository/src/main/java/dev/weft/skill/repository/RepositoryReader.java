package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.EXPIRED;
import static dev.weft.skill.repository.CatalogException.Code.LIES;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.NOT_OWNED;
import static dev.weft.skill.repository.CatalogException.Code.ROLLBACK;
import static dev.weft.skill.repository.CatalogException.Code.SWAPPED;

import dev.weft.protocol.Wire;
import dev.weft.skill.repository.scan.Scan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a repository, and believes only what is signed by whom the root names, is not expired, and is not older than before. Thread-safe. */
public final class RepositoryReader {
    static final String SNAPSHOT = "snapshot.json";
    static final String PUBLISHERS = "publishers.json";
    static final String STATEMENTS = "statements.json";
    static final String INDEX = "index.xml";

    private static final int MAX_ROOTS = 100;
    private static final long MAX_DOCUMENT = 1 << 20;
    private static final long MAX_SNAPSHOT = 2 << 20;

    private final Clock clock;

    /** Reads.
     * @param clock tells what is expired */
    public RepositoryReader(Clock clock) {
        this.clock = clock;
    }

    static String root(long version) {
        return "root/" + version + ".json";
    }

    static String releases(String namespace) {
        return "publishers/" + namespace + ".json";
    }

    /** The first root, which nothing vouches for yet: compare its fingerprint.
     * @param source where it is
     * @return the root
     * @throws IOException if there is none, or its own keys did not sign it */
    public Root first(Source source) throws IOException {
        String name = root(1);
        Signed signed = Signed.read(name, source.read(name, MAX_DOCUMENT));
        Root root = signed.unverified(name, Root.KIND, Root.class);
        return signed.open(name, root.root(), Root.KIND, Root.class);
    }

    /** Reads all but the jars.
     * @param trusted the newest root that is trusted
     * @param before what was good last time
     * @throws CatalogException if something is not to be believed; then nothing of it is
     * @throws IOException if it cannot be read */
    Contents read(Source source, Root trusted, Optional<Contents> before) throws IOException {
        Contents contents = readOld(source, trusted, before);
        if (contents.root().expired(clock.instant())) {
            throw new CatalogException(
                    EXPIRED,
                    "the root expired at "
                            + contents.root().expires()
                            + "; its owner must sign a new one");
        }
        if (contents.expired(clock.instant())) {
            throw new CatalogException(
                    EXPIRED,
                    "the snapshot expired at "
                            + contents.snapshot().expires()
                            + ": it is frozen, or its owner forgot to refresh it");
        }
        if (contents.snapshot().lastsTooLong(clock.instant())) {
            throw new CatalogException(
                    MALFORMED,
                    "the snapshot lasts until "
                            + contents.snapshot().expires()
                            + ", and one may last "
                            + Snapshot.LONGEST_LIFE.toDays()
                            + " days: whoever shows it could hide for years what was revoked since; its owner must sign it anew, unless the clock of this machine is behind");
        }
        return contents;
    }

    /** As {@link #read}, but what is expired is given too: for the copy that is kept for offline use. */
    Contents readOld(Source source, Root trusted, Optional<Contents> before) throws IOException {
        Root root = newest(source, before.map(Contents::root).orElse(trusted));
        byte[] bytes = source.read(SNAPSHOT, MAX_SNAPSHOT);
        Snapshot snapshot =
                Signed.read(SNAPSHOT, bytes)
                        .open(SNAPSHOT, root.snapshot(), Snapshot.KIND, Snapshot.class);
        if (before.isPresent()) {
            notOlder(SNAPSHOT, before.get().snapshot().version(), snapshot.version());
            if (before.get().snapshot().version() == snapshot.version()
                    && !before.get().snapshot().equals(snapshot)) {
                throw new CatalogException(
                        SWAPPED, "two different snapshots have version " + snapshot.version());
            }
        }
        return new Refresh(source, root, snapshot, before).read();
    }

    /** Reads a jar.
     * @param source where the repository is
     * @param entry of the repository
     * @return its bytes: exactly those that the publisher signed
     * @throws CatalogException if they are others, or the index says something else of it than its manifest
     * @throws IOException if it cannot be read */
    public byte[] jar(Source source, Entry entry) throws IOException {
        Releases.Release release = entry.release();
        byte[] jar = source.read(release.file(), release.length());
        if (!Root.sha256(jar).equals(release.sha256())) {
            throw new CatalogException(
                    SWAPPED,
                    release.file()
                            + " is not the file that the publisher of "
                            + release.id()
                            + " signed");
        }
        byte[] manifest = manifest(jar);
        if (!Root.sha256(manifest).equals(release.manifest())) {
            throw new CatalogException(
                    SWAPPED, release.file() + " has another manifest than its publisher signed");
        }
        List<Entry.Card> cards =
                Scan.skills(new Manifest(new ByteArrayInputStream(manifest)).getMainAttributes())
                        .stream()
                        .map(Entry.Card::of)
                        .toList();
        if (!cards.equals(entry.skills())) {
            throw new CatalogException(
                    LIES,
                    "index.xml says "
                            + entry.skills()
                            + " of "
                            + release.id()
                            + ", its manifest "
                            + cards);
        }
        return jar;
    }

    private static byte[] manifest(byte[] jar) throws IOException {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
                if (e.getName().equals(JarFile.MANIFEST_NAME)) {
                    return FolderSource.bounded(e.getName(), zip, MAX_DOCUMENT);
                }
            }
        }
        return new byte[0]; // fits no digest of a manifest
    }

    /** Believes a statement, wherever it comes from, if the publisher or the repository signed it.
     * @param signed what was said
     * @param root of the repository
     * @param publishers of the repository
     * @return what it says
     * @throws CatalogException if not */
    public static Statement statement(Signed signed, Root root, Publishers publishers)
            throws CatalogException {
        Statement claimed = signed.unverified("a statement", Statement.KIND, Statement.class);
        if (!root.repository().equals(claimed.repository())) {
            throw new CatalogException(
                    NOT_OWNED,
                    "a statement is about repository " + Wire.quote(claimed.repository()));
        }
        String name = "the statement about " + claimed.bundle() + "/" + claimed.version();
        Optional<Publishers.Publisher> owner = publishers.owner(claimed.bundle());
        if (owner.isPresent()) {
            try {
                return signed.open(name, owner.get().role(), Statement.KIND, Statement.class);
            } catch (CatalogException notByPublisher) {
                // the repository may say it too
            }
        }
        return signed.open(name, root.publishers(), Statement.KIND, Statement.class);
    }

    private static Root newest(Source source, Root trusted) throws IOException {
        Root root = trusted;
        for (int step = 0; step < MAX_ROOTS; step++) {
            String name = root(root.version() + 1);
            byte[] bytes;
            try {
                bytes = source.read(name, MAX_DOCUMENT);
            } catch (NoSuchFileException none) {
                return root;
            }
            root = root.successor(bytes);
        }
        throw new CatalogException(MALFORMED, "more than " + MAX_ROOTS + " new roots at once");
    }

    static byte[] verified(Source source, Snapshot snapshot, String name) throws IOException {
        Snapshot.FileDigest wanted = snapshot.files().get(name);
        byte[] bytes = source.read(snapshot.path(name), wanted.length());
        if (!Snapshot.FileDigest.of(bytes).equals(wanted)) {
            throw new CatalogException(
                    SWAPPED,
                    name + " is not the file that snapshot " + snapshot.version() + " names");
        }
        return bytes;
    }

    static void notOlder(String name, long before, long now) throws CatalogException {
        if (now < before) {
            throw new CatalogException(
                    ROLLBACK,
                    name + " has version " + now + ", but version " + before + " was seen before");
        }
    }
}
