package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.CHANGED;
import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.NOT_OWNED;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * One reading of what a snapshot names. What did not change since the last reading is neither fetched nor verified nor kept twice; files that
 * this version does not know are left alone. Use once.
 */
final class Refresh {
    private static final int MAX_STATEMENTS = 10_000;
    private static final int MAX_ENTRIES = 20_000;
    private static final long MAX_BYTES = 128L << 20;

    private final Source source;
    private final Root root;
    private final Snapshot snapshot;
    private final Optional<Contents> before;
    private final boolean sameRoot;

    /** @param snapshot signed, and not older than that of {@code before} */
    Refresh(Source source, Root root, Snapshot snapshot, Optional<Contents> before) {
        this.source = source;
        this.root = root;
        this.snapshot = snapshot;
        this.before = before;
        this.sameRoot = before.filter(b -> b.root().equals(root)).isPresent();
    }

    Contents read() throws IOException {
        if (sameRoot && before.filter(b -> b.snapshot().equals(snapshot)).isPresent()) {
            return before.orElseThrow();
        }
        long bytes =
                snapshot.files().values().stream().mapToLong(Snapshot.FileDigest::length).sum();
        if (bytes > MAX_BYTES) {
            throw new CatalogException(
                    MALFORMED,
                    "the documents of the repository have "
                            + bytes
                            + " bytes, the limit is "
                            + MAX_BYTES);
        }
        Publishers publishers = publishers();
        Map<String, Releases> releases = new HashMap<>();
        Map<String, Releases.Release> all = new HashMap<>();
        for (Publishers.Publisher publisher : publishers.publishers()) {
            Releases own = releases(publisher);
            releases.put(publisher.namespace(), own);
            own.releases().forEach(release -> all.put(release.id(), release));
        }
        Map<String, List<Entry>> indexes = indexes(all);
        Set<Statement> statements = new LinkedHashSet<>();
        before.ifPresent(
                b -> statements.addAll(b.statements())); // nobody can hold back what was said
        if (!same(RepositoryReader.STATEMENTS)
                || before.filter(b -> b.publishers().equals(publishers)).isEmpty()) {
            statements.addAll(statements(fetch(RepositoryReader.STATEMENTS), root, publishers));
        }
        return new Contents(
                root,
                snapshot,
                publishers,
                Map.copyOf(releases),
                List.copyOf(statements),
                Map.copyOf(indexes));
    }

    private boolean same(String name) {
        Snapshot.FileDigest now = snapshot.files().get(name);
        return sameRoot
                && now != null
                && before.filter(b -> now.equals(b.snapshot().files().get(name))).isPresent();
    }

    private byte[] fetch(String name) throws IOException {
        if (!snapshot.files().containsKey(name)) {
            throw new CatalogException(MALFORMED, "the snapshot does not name " + name);
        }
        return RepositoryReader.verified(source, snapshot, name);
    }

    private Publishers publishers() throws IOException {
        String name = RepositoryReader.PUBLISHERS;
        if (same(name)) {
            return before.orElseThrow().publishers();
        }
        Publishers publishers =
                Signed.read(name, fetch(name))
                        .open(name, root.publishers(), Publishers.KIND, Publishers.class);
        if (before.isPresent()) {
            RepositoryReader.notOlder(
                    name, before.get().publishers().version(), publishers.version());
        }
        return publishers;
    }

    private Releases releases(Publishers.Publisher publisher) throws IOException {
        String name = RepositoryReader.releases(publisher.namespace());
        Releases old = before.map(b -> b.releases().get(publisher.namespace())).orElse(null);
        if ((old == null || old.releases().isEmpty()) && !snapshot.files().containsKey(name)) {
            return Releases.none(publisher.namespace()); // published nothing yet
        }
        if (old != null
                && same(name)
                && before.orElseThrow().publishers().publishers().contains(publisher)) {
            return old;
        }
        Releases own =
                Signed.read(name, fetch(name))
                        .open(name, publisher.role(), Releases.KIND, Releases.class);
        if (!own.namespace().equals(publisher.namespace())) {
            throw new CatalogException(
                    NOT_OWNED, name + " speaks for namespace " + own.namespace());
        }
        return old == null ? own : successor(name, old, own);
    }

    /** Refuses what forgets; else gives the new one, with the objects of the old one where they are equal. */
    private static Releases successor(String name, Releases old, Releases own)
            throws CatalogException {
        RepositoryReader.notOlder(name, old.version(), own.version());
        Map<Releases.Release, Releases.Release> kept = new HashMap<>();
        old.releases().forEach(release -> kept.put(release, release));
        List<Releases.Release> now = new ArrayList<>(own.releases().size());
        own.releases().forEach(release -> now.add(kept.getOrDefault(release, release)));
        own.releases().forEach(kept::remove);
        if (!kept.isEmpty()) {
            throw new CatalogException(
                    CHANGED,
                    kept.keySet().iterator().next().id()
                            + " was published before and is now another or gone; a version is for good");
        }
        return new Releases(own.type(), own.namespace(), own.version(), now);
    }

    private Map<String, List<Entry>> indexes(Map<String, Releases.Release> all) throws IOException {
        Map<String, List<Entry>> indexes = new TreeMap<>();
        Index reader = new Index();
        Set<String> seen = new HashSet<>();
        Set<String> names = new LinkedHashSet<>(List.of(RepositoryReader.INDEX));
        snapshot.files().keySet().stream().filter(Index::isPart).sorted().forEach(names::add);
        for (String name : names) {
            List<Entry> entries = entries(name, reader, all);
            for (Entry entry : entries) {
                if (!seen.add(entry.release().id())) {
                    throw new CatalogException(
                            MALFORMED, name + " lists " + entry.release().id() + " twice");
                }
            }
            indexes.put(name, entries);
        }
        if (seen.size() > MAX_ENTRIES) {
            throw new CatalogException(
                    MALFORMED, "the index has more than " + MAX_ENTRIES + " releases");
        }
        return indexes;
    }

    private List<Entry> entries(String name, Index reader, Map<String, Releases.Release> all)
            throws IOException {
        if (same(name)) {
            List<Entry> old = before.orElseThrow().indexes().getOrDefault(name, List.of());
            if (old.stream().allMatch(e -> e.release().equals(all.get(e.release().id())))) {
                return old;
            }
        }
        List<Entry> entries = new ArrayList<>();
        for (List<Entry.Clause> resource : reader.read(name, fetch(name))) {
            entries.add(Entry.of(name, resource, all));
        }
        return List.copyOf(entries);
    }

    private static List<Statement> statements(byte[] bytes, Root root, Publishers publishers)
            throws CatalogException {
        String name = RepositoryReader.STATEMENTS;
        JsonNode list;
        try {
            list = Wire.tree(new String(bytes, StandardCharsets.UTF_8)).path("statements");
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new CatalogException(MALFORMED, name + " is broken: " + e.getMessage());
        }
        if (!list.isArray() || list.size() > MAX_STATEMENTS) {
            throw new CatalogException(
                    MALFORMED, name + " has no list of at most " + MAX_STATEMENTS);
        }
        List<Statement> statements = new ArrayList<>();
        for (JsonNode one : list) {
            byte[] json = Wire.write(one).getBytes(StandardCharsets.UTF_8);
            statements.add(RepositoryReader.statement(Signed.read(name, json), root, publishers));
        }
        return statements;
    }
}
