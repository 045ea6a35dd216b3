package dev.weft.catalog;

import static dev.weft.api.catalog.CatalogProblem.Kind.BAD;
import static dev.weft.api.catalog.CatalogProblem.Kind.REFUSED;
import static dev.weft.api.catalog.CatalogProblem.Kind.UNKNOWN;

import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.catalog.Folder.File;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.Entry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.framework.Version;

/** Finds what a wish names. One that is used once. */
final class Targets {
    private final Repositories repositories;
    private final Folder folder;
    private final Map<String, Target> wanted = new LinkedHashMap<>();
    private final Map<String, File> unwanted = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    Targets(Repositories repositories, Folder folder) {
        this.repositories = repositories;
        this.folder = folder;
    }

    /** Releases that shall run, by bundle. */
    Map<String, Target> wanted() {
        return wanted;
    }

    /** Files that shall go, by name. */
    Map<String, File> unwanted() {
        return unwanted;
    }

    List<String> notes() {
        return notes;
    }

    void read(Plan.Wish wish) {
        wish.install().forEach(this::install);
        for (String skill : wish.update()) {
            if (skill.equals("*")) {
                folder.files().stream()
                        .filter(f -> f.origin().isPresent())
                        .forEach(this::updateAll);
            } else {
                update(skill);
            }
        }
        wish.uninstall().forEach(this::uninstall);
        if (wish.lock() != null) {
            lock(wish.lock());
        }
    }

    private void install(String what) {
        int at = what.lastIndexOf('@');
        String name = at < 0 ? what : what.substring(0, at);
        String version = at < 0 ? "" : what.substring(at + 1);
        add(find(name, version));
    }

    /** Adds a skill that another one needs. */
    void need(Held repository, Entry entry, String why) {
        wanted.putIfAbsent(
                entry.release().bundle(), new Target(repository, entry, why, List.of(), ""));
    }

    private void add(Target target) {
        Target other = wanted.put(target.bundle(), target);
        if (other != null && !other.entry().equals(target.entry())) {
            throw new CatalogProblem(
                    BAD,
                    "two_versions",
                    "two versions of "
                            + target.bundle()
                            + " are wanted at once: "
                            + other.entry().release().version()
                            + " and "
                            + target.entry().release().version());
        }
    }

    /** The repository with the highest priority that has it counts; two that have different bundles of one skill id are told. */
    Target find(String name, String version) {
        for (Held held : repositories.all()) {
            if (!held.isReadable()) {
                continue;
            }
            List<String> bundles = held.search().bundles(name);
            if (bundles.size() > 1 && held.search().versions(name).isEmpty()) {
                throw new CatalogProblem(
                        BAD,
                        "ambiguous",
                        "several bundles of repository "
                                + held.name()
                                + " offer the skill "
                                + name
                                + "; name one: "
                                + String.join(", ", bundles));
            }
            Optional<Entry> entry = held.search().find(name, version);
            if (entry.isPresent()) {
                return Target.asked(held, entry.get());
            }
            if (!bundles.isEmpty() || !held.search().versions(name).isEmpty()) {
                throw new CatalogProblem(
                        version.isEmpty() ? REFUSED : UNKNOWN,
                        version.isEmpty() ? "withdrawn" : "unknown_version",
                        version.isEmpty()
                                ? "every release of " + name + " was yanked or revoked"
                                : "repository "
                                        + held.name()
                                        + " has no version "
                                        + Wire.quote(version)
                                        + " of "
                                        + name);
            }
        }
        throw new CatalogProblem(
                UNKNOWN,
                "unknown_skill",
                repositories.all().isEmpty()
                        ? "this host reads no repository yet; add one with: weft catalog add ADDRESS"
                        : "no repository of this host has " + Wire.quote(name));
    }

    private File file(String skill) {
        return folder.offering(skill)
                .or(() -> folder.holding(skill))
                .orElseThrow(
                        () ->
                                new CatalogProblem(
                                        UNKNOWN,
                                        "not_installed",
                                        "no file of this host's deploy folder offers "
                                                + Wire.quote(skill)));
    }

    private void update(String skill) {
        File file = file(skill);
        if (file.origin().isEmpty()) {
            throw new CatalogProblem(
                    BAD,
                    "not_from_here",
                    skill
                            + " was dropped into the deploy folder, it is from no repository; to have it from one: weft install "
                            + skill);
        }
        if (folder.pinned(file)) {
            throw new CatalogProblem(
                    REFUSED,
                    "pinned",
                    skill
                            + " is pinned to "
                            + file.deployment().version()
                            + "; weft skill unpin "
                            + skill);
        }
        newer(file, true);
    }

    private void updateAll(File file) {
        if (folder.pinned(file)) {
            notes.add(
                    file.origin().orElseThrow().bundle()
                            + " is pinned to "
                            + file.deployment().version());
        } else {
            newer(file, false);
        }
    }

    /** An update never leaves the repository that a skill is from. */
    private void newer(File file, boolean tell) {
        Origins.Origin origin = file.origin().orElseThrow();
        Optional<Held> held = repositories.find(origin.repository()).filter(Held::isReadable);
        if (held.isEmpty()) {
            notes.add(
                    origin.bundle()
                            + " stays: its repository "
                            + origin.repository()
                            + " is not read any more");
            return;
        }
        Optional<Entry> entry = held.get().search().find(origin.bundle(), "");
        boolean newer =
                entry.isPresent()
                        && Held.version(entry.get())
                                        .compareTo(Version.parseVersion(origin.version()))
                                > 0;
        if (newer) {
            add(Target.asked(held.get(), entry.get()));
        } else if (tell) {
            notes.add(origin.bundle() + " " + origin.version() + " is the newest");
        }
    }

    private void uninstall(String skill) {
        File file = file(skill);
        unwanted.put(file.name(), file);
    }

    private void lock(Lock lock) {
        List<String> kept = new ArrayList<>();
        for (Lock.Locked locked : lock.skills()) {
            kept.add(locked.bundle());
            add(locked(locked));
        }
        for (File file : folder.files()) {
            if (file.origin().isPresent() && !kept.contains(file.origin().get().bundle())) {
                unwanted.put(file.name(), file);
            }
        }
        for (Lock.Other other : lock.others()) {
            if (folder.files().stream().noneMatch(f -> f.sha256().equals(other.sha256()))) {
                notes.add(
                        other.file()
                                + " of that host is from no repository; drop it into the deploy folder yourself");
            }
        }
    }

    private Target locked(Lock.Locked locked) {
        Held held = repositories.get(locked.repository());
        if (!held.isReadable() || !held.kept().fingerprint().equals(locked.fingerprint())) {
            throw new CatalogProblem(
                    REFUSED,
                    "other_repository",
                    "repository "
                            + locked.repository()
                            + " of the lock has the fingerprint "
                            + locked.fingerprint()
                            + ", the one that is read here "
                            + held.kept().fingerprint());
        }
        List<Assembly.Part> parts = new ArrayList<>();
        for (Plan.Member member : locked.members()) {
            parts.add(part(held, member));
        }
        return new Target(
                held,
                entry(held, locked.bundle(), locked.version()),
                Target.ASKED,
                parts,
                locked.sha256());
    }

    private Assembly.Part part(Held own, Plan.Member member) {
        List<Held> order = new ArrayList<>(List.of(own));
        order.addAll(repositories.all());
        for (Held held : order) {
            Optional<Entry> entry =
                    held.isReadable()
                            ? held.search().find(member.bundle(), member.version())
                            : Optional.empty();
            if (entry.filter(e -> e.release().sha256().equals(member.sha256())).isPresent()) {
                return new Assembly.Part(held, entry.get(), member.why());
            }
        }
        throw new CatalogProblem(
                REFUSED,
                "not_as_locked",
                "no repository of this host has "
                        + member.bundle()
                        + " "
                        + member.version()
                        + " with the digest of the lock");
    }

    private static Entry entry(Held held, String bundle, String version) {
        return held.search()
                .find(bundle, version)
                .orElseThrow(
                        () ->
                                new CatalogProblem(
                                        UNKNOWN,
                                        "unknown_version",
                                        "repository "
                                                + held.name()
                                                + " has no "
                                                + bundle
                                                + " "
                                                + version));
    }
}
