package dev.weft.catalog;

import dev.weft.api.catalog.Details;
import dev.weft.skill.repository.Entry;
import dev.weft.skill.repository.RepositoryReader;
import dev.weft.skill.repository.scan.Report;
import dev.weft.skill.repository.scan.Scan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Jars of repositories: fetched once, compared with what their publisher signed, and scanned. Thread-safe; takes its time. */
final class Downloads {
    private static final int REPORTS = 256;
    private final Repositories repositories;
    private final Store store;
    private final RepositoryReader reader;
    private final Supplier<Set<String>> known;
    private final Map<String, Report> reports =
            Collections.synchronizedMap(
                    new LinkedHashMap<>(16, 0.75f, true) {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, Report> eldest) {
                            return size() > REPORTS;
                        }
                    });

    /** Begins.
     * @param known skill ids that others must not be taken for */
    Downloads(Repositories repositories, Store store, Clock clock, Supplier<Set<String>> known) {
        this.repositories = repositories;
        this.store = store;
        this.reader = new RepositoryReader(clock);
        this.known = known;
    }

    /** Fetches a jar, if it is not here.
     * @return where it is: exactly what was signed
     * @throws dev.weft.api.catalog.CatalogProblem if it cannot be had, or is something else */
    Path fetch(Held repository, Entry entry) {
        String sha256 = entry.release().sha256();
        try {
            if (!store.has(sha256)) {
                store.put(reader.jar(repositories.source(repository.kept().address()), entry));
            }
            return store.path(sha256);
        } catch (IOException e) {
            throw Repositories.problem(
                    entry.release().file() + " of repository " + repository.name(), e);
        }
    }

    /** Scans a jar that was fetched. */
    Report scan(Entry entry) {
        String sha256 = entry.release().sha256();
        Set<String> others = known.get();
        // What else is here decides what a name is too close to.
        return reports.computeIfAbsent(
                sha256 + " " + others.hashCode(), key -> new Scan(others).scan(store.path(sha256)));
    }

    static Details.Scanned view(Report report) {
        return new Details.Scanned(
                name(report.status()),
                report.reason(),
                report.findings().stream()
                        .map(
                                f ->
                                        new Details.Finding(
                                                f.name(), name(f.severity()), f.explanation()))
                        .toList());
    }

    private static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
