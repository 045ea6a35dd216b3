package dev.weft.repository;

import dev.weft.api.identity.HostKey;
import dev.weft.api.repository.RepositoryException;
import dev.weft.api.repository.RepositoryException.Code;
import dev.weft.api.repository.SkillRepository;
import dev.weft.skill.repository.CatalogException;
import dev.weft.skill.repository.Publishers;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.RepositoryWriter;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Snapshot;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A repository in a folder that one key signs: the registry's. Changes are made one at a time, each on the disk before it is visible.
 * Thread-safe.
 */
final class HostedRepository implements SkillRepository {
    private static final Pattern SERVED =
            Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,254}(/[A-Za-z0-9][A-Za-z0-9._-]{0,254})?");
    private static final int MOST_DOCUMENT = 1 << 20;

    private final Path folder;
    private final HostKey key;
    private final Clock clock;
    private final boolean open;
    private final Duration life;
    private final RepositoryWriter writer;
    private final Uploads uploads;
    private final News news;
    private final Shelf shelf;

    /** Hears what changed. */
    interface News {
        /** A publisher published.
         * @param publication what */
        void published(Publication publication);

        /** Something was said against a release.
         * @param statement signed */
        void stated(byte[] statement);
    }

    /** Opens a repository, or makes it.
     * @param folder its own
     * @param name of a new one
     * @param key the repository's own
     * @param open whether strangers may read
     * @param life of a snapshot
     * @param news hears what changed; must not block
     * @param shelf where the files are beside the folder
     * @throws IOException if it cannot be made or read */
    HostedRepository(
            Path folder,
            String name,
            HostKey key,
            Clock clock,
            boolean open,
            Duration life,
            News news,
            Shelf shelf)
            throws IOException {
        this.folder = folder;
        this.key = key;
        this.clock = clock;
        this.open = open;
        this.life = life;
        this.news = news;
        this.shelf = shelf;
        this.writer = new RepositoryWriter(folder, clock);
        this.uploads = new Uploads(folder.resolve(".uploads"), clock, shelf);
        shelf.exclusively(
                () -> {
                    if (!Files.exists(folder.resolve("root/1.json"))) {
                        writer.create(name, key);
                    }
                    return writer.snapshot(life, key); // shows what was on its way at a kill
                });
    }

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public synchronized Summary summary() {
        return reading(
                () -> {
                    Root first = writer.root(1);
                    Snapshot snapshot = writer.snapshot().orElseThrow();
                    int releases = 0;
                    for (Publisher publisher : publishers()) {
                        releases += publisher.releases();
                    }
                    return new Summary(
                            first.repository(),
                            first.fingerprint(),
                            writer.root().version(),
                            snapshot.version(),
                            snapshot.expires(),
                            open,
                            releases);
                });
    }

    @Override
    public Optional<Path> file(String name) {
        if (shelf != Shelf.NONE && name.equals("snapshot.json")) {
            synchronized (this) { // while a change is not in the database, nobody sees it
                return served(name);
            }
        }
        return served(name);
    }

    private Optional<Path> served(String name) {
        Path file = folder.resolve(name);
        return SERVED.matcher(name).matches() && Files.isRegularFile(file)
                ? Optional.of(file)
                : Optional.empty();
    }

    @Override
    public synchronized List<Publisher> publishers() {
        return reading(
                () -> {
                    List<Publisher> all = new ArrayList<>();
                    for (Publishers.Publisher one : writer.publishers().publishers()) {
                        all.add(describe(one));
                    }
                    all.sort(Comparator.comparing(Publisher::namespace));
                    return all;
                });
    }

    private Publisher describe(Publishers.Publisher one) throws IOException {
        return new Publisher(
                one.namespace(),
                one.name(),
                new TreeSet<>(one.role().keys()),
                one.role().threshold(),
                writer.pending(one.namespace())
                        .<Set<String>>map(p -> new TreeSet<>(p.role().keys()))
                        .orElse(Set.of()),
                writer.releases(one.namespace()).releases().size());
    }

    @Override
    public synchronized Publisher grant(
            String namespace, String name, Set<String> keys, int threshold) {
        return changing(
                () -> {
                    Publishers.Publisher next =
                            new Publishers.Publisher(namespace, name, new Role(keys, threshold));
                    writer.publisher(next, key);
                    return publishers().stream()
                            .filter(p -> p.namespace().equals(namespace))
                            .findFirst()
                            .orElseGet(
                                    () ->
                                            new Publisher( // had it before, and gets it back
                                                    namespace,
                                                    name,
                                                    Set.of(),
                                                    threshold,
                                                    new TreeSet<>(keys),
                                                    0));
                });
    }

    @Override
    public synchronized boolean withdraw(String namespace) {
        return changing(() -> writer.remove(namespace, key));
    }

    @Override
    public Jar upload(InputStream in) throws IOException {
        return uploads.take(in, this::skills, this::owner);
    }

    private synchronized String owner(String bundle) {
        return reading(
                () ->
                        writer.publishers()
                                .owner(bundle)
                                .map(Publishers.Publisher::namespace)
                                .orElse(""));
    }

    private synchronized Map<String, String> skills() {
        return reading(writer::skills);
    }

    @Override
    public synchronized Publication publish(byte[] document) {
        small(document);
        List<Releases.Release> fresh =
                changing(
                        () -> {
                            Map<String, String> taken = writer.skills();
                            return writer.accept(
                                    document,
                                    release -> uploads.find(release, taken, this::owner),
                                    key);
                        });
        return reading(
                () -> {
                    for (Releases.Release release : fresh) {
                        uploads.drop(release.sha256());
                    }
                    Releases now = Releases.claimed(document);
                    Publication publication =
                            new Publication(
                                    now.namespace(),
                                    now.version(),
                                    fresh.stream().map(Releases.Release::id).toList(),
                                    writer.snapshot().orElseThrow().version());
                    news.published(publication);
                    return publication;
                });
    }

    @Override
    public synchronized Summary root(byte[] document) {
        small(document);
        changing(
                () -> {
                    byte[] signed = Signed.read("the new root", document).with(key);
                    Root next = writer.root().successor(signed);
                    if (!alone(next.publishers()) || !alone(next.snapshot())) {
                        throw new RepositoryException(
                                Code.MALFORMED,
                                "with this root the registry could not sign publishers and snapshots: its key "
                                        + key.publicKey()
                                        + " must suffice for both");
                    }
                    writer.root(signed, key);
                    return null;
                });
        return summary();
    }

    private boolean alone(Role role) {
        return role.threshold() == 1 && role.keys().contains(key.publicKey());
    }

    @Override
    public synchronized byte[] state(byte[] statement) {
        small(statement);
        byte[] kept = changing(() -> writer.accept(statement, key));
        news.stated(kept);
        shelf.tell(kept);
        return kept;
    }

    @Override
    public synchronized byte[] state(String bundle, String version, String verb, String reason) {
        byte[] signed =
                changing(
                        () ->
                                writer.state(
                                        Statement.of(
                                                writer.root().repository(),
                                                bundle,
                                                version,
                                                verb,
                                                reason,
                                                clock.instant()),
                                        key));
        news.stated(signed);
        shelf.tell(signed);
        return signed;
    }

    /** Signs the snapshot anew if half of its life is over, and the root if it expires within two months and this key suffices.
     * @throws IOException if it cannot be read or written */
    synchronized void renew() throws IOException {
        uploads.sweep();
        shelf.refresh();
        if (isDue()) {
            shelf.exclusively(
                    () -> {
                        if (isDue()) { // another host may have signed just now
                            sign();
                        }
                        return null;
                    });
        }
    }

    private boolean isDue() throws IOException {
        Instant now = clock.instant();
        return isRootDue(now)
                || Instant.parse(writer.snapshot().orElseThrow().expires())
                        .isBefore(now.plus(life.dividedBy(2)));
    }

    private boolean isRootDue(Instant now) throws IOException {
        Root root = writer.root();
        return Instant.parse(root.expires()).isBefore(now.plus(Duration.ofDays(60)))
                && root.root().threshold() == 1
                && root.root().keys().contains(key.publicKey());
    }

    private void sign() throws IOException {
        Instant now = clock.instant();
        if (isRootDue(now)) {
            writer.root(writer.root().next(now.plus(RepositoryWriter.ROOT_LIFE)), key);
        }
        Snapshot snapshot = writer.snapshot().orElseThrow();
        if (Instant.parse(snapshot.expires()).isBefore(now.plus(life.dividedBy(2)))) {
            writer.snapshot(life, key);
        }
    }

    /** When the root or the snapshot, whichever is first, is too old. */
    synchronized Instant expires() throws IOException {
        Instant root = Instant.parse(writer.root().expires());
        Instant snapshot = Instant.parse(writer.snapshot().orElseThrow().expires());
        return root.isBefore(snapshot) ? root : snapshot;
    }

    private static void small(byte[] document) {
        if (document.length > MOST_DOCUMENT) {
            throw new RepositoryException(
                    Code.MALFORMED, "a signed document may have " + MOST_DOCUMENT + " bytes");
        }
    }

    private <T> T changing(Shelf.Work<T> work) {
        return reading(
                () ->
                        shelf.exclusively(
                                () -> {
                                    T result = work.run();
                                    writer.snapshot(life, key);
                                    return result;
                                }));
    }

    private static <T> T reading(Shelf.Work<T> work) {
        try {
            return work.run();
        } catch (CatalogException e) {
            throw new RepositoryException(
                    switch (e.code()) {
                        case UNSIGNED -> Code.UNSIGNED;
                        case NOT_OWNED -> Code.NOT_OWNED;
                        case CHANGED -> Code.CHANGED;
                        case ROLLBACK -> Code.STALE;
                        case SWAPPED -> Code.WRONG_JAR;
                        default -> Code.MALFORMED;
                    },
                    e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new RepositoryException(Code.MALFORMED, e.getMessage());
        } catch (IOException e) {
            throw new RepositoryException(
                    Code.UNAVAILABLE,
                    "the repository cannot be read or written: " + e.getMessage());
        }
    }
}
