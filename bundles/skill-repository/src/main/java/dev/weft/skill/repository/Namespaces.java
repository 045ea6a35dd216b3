package dev.weft.skill.repository;

import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.scan.Scan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Who owns which namespace of a repository in a folder. New keys wait until the releases are signed with them. */
final class Namespaces {
    private final RepositoryFolder folder;

    Namespaces(RepositoryFolder folder) {
        this.folder = folder;
    }

    /** Gives a namespace, or new keys.
     * @return whether they count at once */
    boolean give(Publishers.Publisher publisher, HostKey... owners) throws IOException {
        publisher.role().keys().forEach(Check::publicKey);
        next(folder.publishers(), publisher); // checks it
        for (Publishers.Publisher other : folder.publishers().publishers()) {
            Check.check(
                    other.namespace().equals(publisher.namespace())
                            || !Scan.alike(other.namespace(), publisher.namespace()),
                    "namespace "
                            + publisher.namespace()
                            + " is easily taken for "
                            + other.namespace()
                            + ", which another publisher has");
        }
        String name = RepositoryReader.releases(publisher.namespace());
        if (folder.exists(name) && !opens(name, publisher.role())) {
            folder.pending(publisher);
            return false;
        }
        put(publisher, owners);
        folder.settled(publisher.namespace());
        return true;
    }

    /** Takes a namespace away.
     * @return false if nobody has it */
    boolean remove(String namespace, HostKey... owners) throws IOException {
        folder.settled(namespace);
        Publishers old = folder.publishers();
        List<Publishers.Publisher> all = new ArrayList<>(old.publishers());
        if (!all.removeIf(p -> p.namespace().equals(namespace))) {
            return false;
        }
        write(old.version() + 1, all, owners);
        return true;
    }

    /** Lets keys count that wait, where the releases are signed with them now; also after a kill between the two. */
    void settle(HostKey... owners) throws IOException {
        for (Publishers.Publisher pending : folder.pending()) {
            if (opens(RepositoryReader.releases(pending.namespace()), pending.role())) {
                put(pending, owners);
                folder.settled(pending.namespace());
            }
        }
    }

    Optional<Publishers.Publisher> owner(String namespace) {
        try {
            return folder.publishers().publishers().stream()
                    .filter(p -> p.namespace().equals(namespace))
                    .findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(long version, List<Publishers.Publisher> all, HostKey... owners) throws IOException {
        List<Publishers.Publisher> ordered = new ArrayList<>(all);
        ordered.sort(Comparator.comparing(Publishers.Publisher::namespace));
        folder.write(
                RepositoryReader.PUBLISHERS,
                Signed.write(new Publishers(Publishers.KIND, version, ordered), owners));
    }

    private void put(Publishers.Publisher publisher, HostKey... owners) throws IOException {
        Publishers next = next(folder.publishers(), publisher);
        write(next.version(), next.publishers(), owners);
    }

    private static Publishers next(Publishers old, Publishers.Publisher publisher) {
        List<Publishers.Publisher> all = new ArrayList<>(old.publishers());
        all.removeIf(p -> p.namespace().equals(publisher.namespace()));
        all.add(publisher);
        return new Publishers(Publishers.KIND, old.version() + 1, all);
    }

    private boolean opens(String name, Role role) throws IOException {
        try {
            Signed.read(name, folder.read(name)).open(name, role, Releases.KIND, Releases.class);
            return true;
        } catch (CatalogException otherKeys) {
            return false;
        }
    }
}
