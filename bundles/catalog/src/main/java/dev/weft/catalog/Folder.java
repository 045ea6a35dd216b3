package dev.weft.catalog;

import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Lock;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.deploy.Deployments.State;
import dev.weft.catalog.Origins.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the deploy folder holds now, and where that came from. Thread-safe. */
final class Folder {
    /** While a new content starts, the old one runs on. */
    private static final Set<State> STATES = Set.of(State.ACTIVE, State.PENDING);

    private final Path path;
    private final Deployments deployments;
    private final Origins origins;

    Folder(Path path, Deployments deployments, Origins origins) {
        this.path = path;
        this.deployments = deployments;
        this.origins = origins;
    }

    /** A file that runs.
     * @param origin empty if somebody dropped it */
    record File(Deployment deployment, Optional<Origin> origin) {
        String name() {
            return deployment.file();
        }

        String sha256() {
            return deployment.sha256();
        }

        boolean has(String bundle) {
            return Arrays.asList(deployment.bundle().split("\\+")).contains(bundle);
        }
    }

    /** Files that something runs from. */
    List<File> files() {
        return deployments.list().stream()
                .filter(file -> STATES.contains(file.state()) && !file.sha256().isEmpty())
                .map(file -> new File(file, origins.of(file.sha256())))
                .toList();
    }

    /** The file that offers a skill. */
    Optional<File> offering(String skill) {
        return files().stream()
                .filter(file -> file.deployment().skills().contains(skill))
                .findFirst();
    }

    /** The file that holds a skill bundle. */
    Optional<File> holding(String bundle) {
        return files().stream().filter(file -> file.has(bundle)).findFirst();
    }

    /** Where a file is. */
    Path path(String file) {
        return path.resolve(file);
    }

    /** What a file offers, as far as its classes tell. */
    JarReader.Inside read(File file) throws IOException {
        return JarReader.read(path(file.name()));
    }

    List<Installed> installed() {
        List<Installed> all = new ArrayList<>();
        for (File file : files()) {
            for (String skill : file.deployment().skills()) {
                all.add(view(skill, file));
            }
        }
        all.sort(Comparator.comparing(Installed::skill));
        return all;
    }

    Installed view(String skill, File file) {
        return new Installed(
                skill,
                file.origin().map(Origin::repository).orElse(""),
                file.origin().map(Origin::publisher).orElse(""),
                origins.pinned(skill),
                origins.automatic(skill));
    }

    boolean pinned(File file) {
        return file.deployment().skills().stream().anyMatch(origins::pinned);
    }

    Lock lock() {
        List<Lock.Locked> locked = new ArrayList<>();
        List<Lock.Other> others = new ArrayList<>();
        for (File file : files()) {
            if (file.origin().isEmpty()) {
                others.add(new Lock.Other(file.name(), file.sha256()));
            } else {
                Origin origin = file.origin().get();
                locked.add(
                        new Lock.Locked(
                                file.name(),
                                file.sha256(),
                                origin.repository(),
                                origin.fingerprint(),
                                origin.bundle(),
                                origin.version(),
                                origin.members(),
                                pinned(file)));
            }
        }
        locked.sort(Comparator.comparing(Lock.Locked::file));
        others.sort(Comparator.comparing(Lock.Other::file));
        return new Lock(1, locked, others);
    }
}
