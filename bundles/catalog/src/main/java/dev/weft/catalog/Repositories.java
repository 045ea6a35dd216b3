package dev.weft.catalog;

import static dev.weft.api.catalog.CatalogProblem.Kind.BAD;
import static dev.weft.api.catalog.CatalogProblem.Kind.CONFLICT;
import static dev.weft.api.catalog.CatalogProblem.Kind.REFUSED;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNKNOWN;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNREACHABLE;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.catalog.Held.Kept;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException;
import dev.weft.skill.repository.Contents;
import dev.weft.skill.repository.LocalCopy;
import dev.weft.skill.repository.RepositoryReader;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The repositories that this host reads, each with its last good copy. Changes wait for each other; looking never waits. Thread-safe. */
final class Repositories {
    private static final Logger LOG = LoggerFactory.getLogger(Repositories.class);
    private static final int MOST = 32;
    private final Path folder;
    private final Path file;
    private final Statements statements;
    private final RegistrySource registry;
    private final Clock clock;
    private final Map<String, LocalCopy> copies = new HashMap<>();
    private final Map<String, Source> sources = new ConcurrentHashMap<>();
    private volatile List<Held> all = List.of();

    private record Content(List<Kept> repositories) {}

    Repositories(Path data, Statements statements, RegistrySource registry, Clock clock) {
        this.registry = registry;
        this.statements = statements;
        this.folder = data.resolve("repositories");
        this.file = data.resolve("repositories.json");
        this.clock = clock;
    }

    /** Reads the copies on disk; takes a while. */
    synchronized void open() throws IOException {
        List<Held> found = new ArrayList<>();
        for (Kept kept :
                Disk.read(file, Content.class).map(Content::repositories).orElse(List.of())) {
            found.add(last(kept));
        }
        all = sorted(found);
    }

    private Held last(Kept kept) {
        try {
            return copy(kept.name())
                    .last()
                    .map(contents -> new Held(kept, contents, statements.of(kept.name()), ""))
                    .orElse(new Held(kept, null, "it was never read"));
        } catch (IOException e) {
            LOG.warn("The copy of repository {} is damaged: {}", kept.name(), e.getMessage());
            return new Held(kept, null, "its copy is damaged: " + e.getMessage());
        }
    }

    private LocalCopy copy(String name) {
        return copies.computeIfAbsent(
                name, n -> new LocalCopy(folder.resolve(n), clock)); // it knows what is unchanged
    }

    /** All, the highest priority first. */
    List<Held> all() {
        return all;
    }

    Optional<Held> find(String name) {
        return all.stream().filter(held -> held.name().equals(name)).findFirst();
    }

    Held get(String name) {
        return find(name)
                .orElseThrow(
                        () ->
                                new CatalogProblem(
                                        UNKNOWN,
                                        "unknown_repository",
                                        "this host reads no repository "
                                                + Wire.quote(name)
                                                + "; weft catalog list shows which"));
    }

    /** The reader for an address; one for all reads, since each holds connections. */
    Source source(String address) {
        return sources.computeIfAbsent(address, this::reader);
    }

    private Source reader(String address) {
        if (address.equals(RegistrySource.ADDRESS)) {
            return registry;
        }
        try {
            return Source.of(address);
        } catch (IllegalArgumentException e) {
            throw new CatalogProblem(BAD, "bad_address", e.getMessage());
        }
    }

    /** The first root of a repository that is not trusted yet. */
    Root look(String address) {
        try {
            return new RepositoryReader(clock).first(reader(address));
        } catch (IOException e) {
            throw problem(address, e);
        }
    }

    /** Begins to read a repository, or sets one of the same fingerprint anew. */
    synchronized Held add(String address, String fingerprint, int priority, String policy) {
        Root root = look(address);
        Optional<Held> before = find(root.repository());
        boolean other =
                before.isPresent() && !before.get().kept().fingerprint().equals(fingerprint);
        if (other) {
            throw new CatalogProblem(
                    CONFLICT,
                    "name_taken",
                    "a repository called "
                            + root.repository()
                            + " with another fingerprint is read from "
                            + before.get().kept().address()
                            + "; remove it first if this one shall take its place");
        }
        if (before.isEmpty() && all.size() >= MOST) {
            throw new CatalogProblem(
                    CONFLICT, "too_many", "a host reads at most " + MOST + " repositories");
        }
        Kept kept = new Kept(root.repository(), address, fingerprint, priority, policy, "");
        LocalCopy copy = copy(kept.name());
        try {
            if (before.isEmpty()) {
                copy.add(source(address), fingerprint);
            }
            Held held = read(before.orElse(new Held(kept, null, "")), kept, copy);
            put(held);
            return held;
        } catch (IOException e) {
            if (before.isEmpty()) {
                forget(kept.name());
            }
            throw problem(address, e);
        }
    }

    private Held read(Held before, Kept kept, LocalCopy copy) throws IOException {
        Contents contents = copy.refresh(source(kept.address()));
        statements.adopt(copy.statements());
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        return before.refreshed(
                new Kept(
                        kept.name(),
                        kept.address(),
                        kept.fingerprint(),
                        kept.priority(),
                        kept.policy(),
                        now),
                contents,
                statements.of(kept.name()));
    }

    /** Peers said something against releases of a repository. */
    synchronized void amend(String name) {
        List<Held> now = new ArrayList<>(all);
        now.replaceAll(held -> held.name().equals(name) ? held.amended(statements.of(name)) : held);
        all = now;
    }

    /** Reads one anew. If that fails, what was held stays, with the problem. */
    synchronized Held refresh(String name) {
        Held before = get(name);
        Held now;
        try {
            now = read(before, before.kept(), copy(name));
        } catch (IOException e) {
            String why = problem(before.kept().address(), e).getMessage();
            LOG.warn("Repository {}: {}", name, why);
            now = before.failed(why);
        }
        try {
            put(now);
        } catch (IOException e) {
            throw problem(file.toString(), e);
        }
        return now;
    }

    synchronized boolean remove(String name) throws IOException {
        if (find(name).isEmpty()) {
            return false;
        }
        List<Held> now = new ArrayList<>(all);
        now.removeIf(held -> held.name().equals(name));
        write(now);
        forget(name);
        return true;
    }

    private void put(Held held) throws IOException {
        List<Held> now = new ArrayList<>(all);
        now.removeIf(other -> other.name().equals(held.name()));
        now.add(held);
        write(now);
    }

    private void write(List<Held> now) throws IOException {
        Disk.write(file, new Content(now.stream().map(Held::kept).toList()));
        all = sorted(now);
        sources.keySet().retainAll(now.stream().map(held -> held.kept().address()).toList());
    }

    private static List<Held> sorted(List<Held> some) {
        return some.stream()
                .sorted(
                        Comparator.comparing((Held held) -> -held.kept().priority())
                                .thenComparing(Held::name))
                .toList();
    }

    private void forget(String name) {
        copies.remove(name);
        Path copy = folder.resolve(name);
        if (!Files.isDirectory(copy)) {
            return;
        }
        try (Stream<Path> files = Files.walk(copy)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                Disk.delete(path);
            }
        } catch (IOException e) {
            LOG.warn("The copy of repository {} could not be deleted: {}", name, e.toString());
        }
    }

    /** What people are told when something could not be read, or is not to be believed. */
    static CatalogProblem problem(String what, IOException e) {
        if (e instanceof CatalogException untrue) {
            return new CatalogProblem(
                    REFUSED,
                    untrue.code().name().toLowerCase(Locale.ROOT),
                    what + " is not to be believed: " + e.getMessage());
        }
        String why =
                e instanceof NoSuchFileException ? "there is no " + e.getMessage() : e.getMessage();
        return new CatalogProblem(UNREACHABLE, "unreachable", what + " cannot be read: " + why);
    }
}
