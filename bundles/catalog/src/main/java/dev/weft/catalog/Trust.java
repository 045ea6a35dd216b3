package dev.weft.catalog;

import dev.weft.skill.repository.Publishers;
import dev.weft.skill.repository.scan.Scan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which keys of which publishers a person of this host trusts. Thread-safe. */
final class Trust {
    private final Path file;
    private volatile List<Trusted> all;

    /** What was agreed to.
     * @param repository name; the same namespace elsewhere is another publisher
     * @param keys those of that time; others are not trusted */
    record Trusted(String repository, String namespace, Set<String> keys) {}

    private record Content(List<Trusted> trusted) {}

    Trust(Path file) throws IOException {
        this.file = file;
        all = Disk.read(file, Content.class).map(Content::trusted).orElse(List.of());
    }

    /** The keys that count for a publisher; empty if none do. */
    Set<String> keys(String repository, String namespace) {
        return find(repository, namespace).map(Trusted::keys).orElse(Set.of());
    }

    /** Tells whether all keys of a publisher are trusted. */
    boolean trusts(String repository, Publishers.Publisher publisher) {
        return keys(repository, publisher.namespace()).containsAll(publisher.role().keys());
    }

    /** A trusted publisher that a person would take this one for: of another repository, or with a name that looks the same. */
    Optional<Trusted> like(String repository, String namespace) {
        return all.stream()
                .filter(
                        t ->
                                Scan.alike(t.namespace(), namespace)
                                        && !(t.repository().equals(repository)
                                                && t.namespace().equals(namespace)))
                .findFirst();
    }

    private Optional<Trusted> find(String repository, String namespace) {
        return all.stream()
                .filter(t -> t.repository().equals(repository) && t.namespace().equals(namespace))
                .findFirst();
    }

    /** Trusts publishers with the keys that they have now. */
    synchronized void add(String repository, Collection<Publishers.Publisher> publishers)
            throws IOException {
        List<Trusted> now = new ArrayList<>(all);
        for (Publishers.Publisher publisher : publishers) {
            now.removeIf(
                    t ->
                            t.repository().equals(repository)
                                    && t.namespace().equals(publisher.namespace()));
            now.add(new Trusted(repository, publisher.namespace(), publisher.role().keys()));
        }
        write(now);
    }

    synchronized void remove(String repository, String namespace) throws IOException {
        List<Trusted> now = new ArrayList<>(all);
        now.removeIf(t -> t.repository().equals(repository) && t.namespace().equals(namespace));
        write(now);
    }

    private void write(List<Trusted> now) throws IOException {
        Disk.write(file, new Content(now));
        all = List.copyOf(now);
    }
}
