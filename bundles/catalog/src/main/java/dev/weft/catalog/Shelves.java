package dev.weft.catalog;

import static dev.weft.api.catalog.CatalogProblem.Kind.BAD;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Listing;
import dev.weft.api.deploy.BundleSource.Offer;
import dev.weft.catalog.Folder.File;
import dev.weft.skill.repository.Entry;
import dev.weft.skill.repository.Platform;
import dev.weft.skill.repository.Publishers.Publisher;
import dev.weft.skill.repository.Releases.Release;
import dev.weft.skill.repository.SkillSearch;
import dev.weft.skill.repository.Statement;
import dev.weft.skill.repository.scan.Report;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Filter;

/** Looks through what the repositories offer. Thread-safe. */
final class Shelves {
    private static final int DEPENDENTS = 50;
    private static final int OFFERS = 3;
    private final Repositories repositories;
    private final Folder folder;
    private final HostFit fit;
    private final Downloads downloads;
    private final Decisions decisions;

    Shelves(
            Repositories repositories,
            Folder folder,
            HostFit fit,
            Downloads downloads,
            Decisions decisions) {
        this.repositories = repositories;
        this.folder = folder;
        this.fit = fit;
        this.downloads = downloads;
        this.decisions = decisions;
    }

    private record Found(int rank, Listing listing) {}

    List<Listing> search(Listing.Query query) {
        SkillSearch.Query words = words(query);
        Comparator<Found> order = order(query.sort());
        List<File> files = folder.files();
        List<Found> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Held held : repositories.all()) {
            if (!held.isReadable()) {
                continue;
            }
            Set<String> own = new HashSet<>();
            for (SkillSearch.Hit hit : held.search().search(words).hits()) {
                String bundle = hit.entry().release().bundle();
                if (!seen.contains(bundle)) {
                    own.add(bundle);
                    Listing listing = listing(held, hit.entry(), hit.skill(), files);
                    if (listing.compatible() || !query.compatible()) {
                        all.add(new Found(hit.rank(), listing));
                    }
                }
            }
            seen.addAll(own);
        }
        return all.stream().sorted(order).limit(SkillSearch.MAX_HITS).map(Found::listing).toList();
    }

    private static SkillSearch.Query words(Listing.Query query) {
        try {
            return new SkillSearch.Query(
                    query.text(),
                    some(query.publisher()),
                    some(query.permission()),
                    some(query.platform()).map(Platform::of),
                    SkillSearch.MAX_HITS);
        } catch (IllegalArgumentException e) {
            throw new CatalogProblem(BAD, "bad_query", e.getMessage());
        }
    }

    private static Optional<String> some(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(text.strip());
    }

    private static Comparator<Found> order(String sort) {
        Comparator<Found> name =
                Comparator.comparing((Found found) -> found.listing().skill())
                        .thenComparing(found -> found.listing().bundle());
        return switch (sort) {
            case "", "rank" ->
                    Comparator.comparing((Found found) -> -found.rank()).thenComparing(name);
            case "name" -> name;
            case "published" ->
                    Comparator.comparing((Found found) -> found.listing().published())
                            .reversed()
                            .thenComparing(name);
            default ->
                    throw new CatalogProblem(
                            BAD, "bad_sort", "sort is rank, name or published, not " + sort);
        };
    }

    private Listing listing(Held held, Entry entry, Entry.Card card, List<File> files) {
        Release release = entry.release();
        List<String> lacks = fit.lacks(entry, (namespace, filter) -> offered(namespace, filter));
        return new Listing(
                card.id(),
                card.title(),
                card.description(),
                release.bundle(),
                release.version(),
                held.name(),
                held.owner(release.bundle()).map(Publisher::namespace).orElse(""),
                release.published(),
                release.length(),
                card.permissions(),
                lacks.isEmpty(),
                String.join("; ", lacks),
                files.stream()
                        .filter(file -> file.has(release.bundle()))
                        .map(file -> file.deployment().version())
                        .findFirst()
                        .orElse(""));
    }

    private boolean offered(String namespace, Filter filter) {
        return repositories.all().stream()
                .anyMatch(held -> !held.offering(namespace, filter).isEmpty());
    }

    /** Who could provide what is missing; what is at hand only, nothing waits. */
    List<Offer> offering(String namespace, String filter) {
        return repositories.all().stream()
                .flatMap(
                        held ->
                                held.offering(namespace, HostFit.filter(filter)).stream()
                                        .map(
                                                entry ->
                                                        new Offer(
                                                                entry.release().bundle(),
                                                                entry.release().version(),
                                                                "repository " + held.name())))
                .limit(OFFERS)
                .toList();
    }

    Optional<Details> details(String name, String version) {
        for (Held held : repositories.all()) {
            Optional<Entry> entry =
                    held.isReadable() ? held.search().find(name, version) : Optional.empty();
            if (entry.isEmpty() && held.isReadable() && version.isEmpty()) {
                // All of it was withdrawn: it can still be looked at, and says so.
                entry = held.search().versions(bundle(held, name)).stream().findFirst();
            }
            if (entry.isPresent()) {
                return Optional.of(details(held, entry.get(), name));
            }
        }
        return Optional.empty();
    }

    private static String bundle(Held held, String name) {
        List<String> bundles = held.search().bundles(name);
        return bundles.size() == 1 ? bundles.get(0) : name;
    }

    private Details details(Held held, Entry entry, String name) {
        Entry.Card card =
                entry.skills().stream()
                        .filter(skill -> skill.id().equals(name))
                        .findFirst()
                        .orElseGet(
                                () ->
                                        entry.skills().isEmpty()
                                                ? new Entry.Card("", "", "", List.of())
                                                : entry.skills().get(0));
        Details.Inside inside = null;
        String problem = "";
        try {
            inside = inside(held, entry);
        } catch (CatalogProblem | IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        return new Details(
                listing(held, entry, card, folder.files()),
                decisions.publisher(held, entry),
                signature(held, entry, inside != null),
                held.search().versions(entry.release().bundle()).stream()
                        .map(e -> release(held, e))
                        .toList(),
                HostFit.needs(entry),
                dependents(entry),
                inside,
                problem);
    }

    private Details.Inside inside(Held held, Entry entry) throws IOException {
        Path jar = downloads.fetch(held, entry);
        Report report = downloads.scan(entry);
        JarReader.Inside inside =
                report.status() == Report.Status.NOT_SCANNED
                        ? JarReader.Inside.NOTHING
                        : JarReader.read(jar);
        return new Details.Inside(
                inside.readme(),
                inside.changelog(),
                inside.skills().stream().flatMap(skill -> skill.tools().stream()).toList(),
                inside.settings(),
                Downloads.view(report));
    }

    private String signature(Held held, Entry entry, boolean compared) {
        return "signed by publisher "
                + decisions.publisher(held, entry).namespace()
                + " as repository "
                + held.name()
                + " knows it"
                + (compared ? "; the jar has the signed digest" : "; the jar was not compared yet");
    }

    private static Details.Release release(Held held, Entry entry) {
        Optional<Statement> against = held.search().against(entry);
        return new Details.Release(
                entry.release().version(),
                entry.release().published(),
                entry.release().length(),
                entry.release().sha256(),
                against.map(s -> s.revokes() ? "revoked" : "yanked").orElse("available"),
                against.map(Statement::reason).orElse(""));
    }

    /** Bundles whose newest release needs what this one offers. */
    private List<String> dependents(Entry entry) {
        Set<String> all = new TreeSet<>();
        for (Held held : repositories.all()) {
            if (held.isReadable()) {
                for (Entry other : held.contents().entries()) {
                    if (all.size() < DEPENDENTS
                            && !other.release().bundle().equals(entry.release().bundle())
                            && needs(other, entry)) {
                        all.add(other.release().bundle());
                    }
                }
            }
        }
        return List.copyOf(all);
    }

    private static boolean needs(Entry user, Entry provider) {
        for (Entry.Clause need : user.clauses()) {
            if (!need.capability()
                    && Set.of("weft.skill", "osgi.wiring.package", "osgi.wiring.bundle")
                            .contains(need.namespace())) {
                Filter filter = HostFit.filter(need.directives().getOrDefault("filter", ""));
                for (Entry.Clause offer : provider.clauses()) {
                    if (offer.capability()
                            && offer.namespace().equals(need.namespace())
                            && (filter == null || filter.matches(Held.typed(offer.attributes())))) {
                        return true;
                    }
                }
            }
        }
        return false;
    }
}
