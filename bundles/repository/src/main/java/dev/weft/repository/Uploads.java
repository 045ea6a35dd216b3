package dev.weft.repository;

import dev.weft.api.repository.RepositoryException;
import dev.weft.api.repository.RepositoryException.Code;
import dev.weft.api.repository.SkillRepository.Jar;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import dev.weft.skill.repository.scan.Scan;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/** Jars that were uploaded and scanned, and are not published yet: each for an hour, and all together within a limit. Thread-safe. */
final class Uploads {
    static final long MOST_BYTES = 64L << 20;
    private static final long MOST_TOGETHER = 512L << 20;
    private static final Duration LIFE = Duration.ofHours(1);

    private final Path folder;
    private final Clock clock;
    private final Shelf shelf;

    Uploads(Path folder, Clock clock, Shelf shelf) {
        this.folder = folder;
        this.clock = clock;
        this.shelf = shelf;
    }

    /** Takes a jar if nothing speaks against it.
     * @param known skill ids with the bundle that has each: others must not be taken for them
     * @param owner the namespace that a bundle belongs to
     * @throws RepositoryException if it is no bundle, too large, blocked by the scan, or there is no room */
    Jar take(InputStream in, Supplier<Map<String, String>> known, UnaryOperator<String> owner)
            throws IOException {
        Path draft = receive(in);
        try {
            Releases.Release release = Releases.Release.of(draft, clock);
            Map<String, String> taken = known.get();
            Report report = new Scan(others(taken, release.bundle())).scan(draft);
            List<String> findings = report.findings().stream().map(Uploads::words).toList();
            if (report.status() == Report.Status.NOT_SCANNED) {
                throw new RepositoryException(
                        Code.BLOCKED, release.id() + " could not be scanned: " + report.reason());
            }
            if (report.blocks()) {
                throw new RepositoryException(
                        Code.BLOCKED,
                        release.id() + " is not taken: " + String.join("; ", findings));
            }
            own(draft, release, taken, owner);
            Files.move(
                    draft,
                    file(release.sha256()),
                    StandardCopyOption.REPLACE_EXISTING,
                    StandardCopyOption.ATOMIC_MOVE);
            shelf.keep(file(release.sha256()));
            return new Jar(
                    release.sha256(),
                    release.length(),
                    release.bundle(),
                    release.version(),
                    report.status().name().toLowerCase(Locale.ROOT),
                    findings);
        } catch (ZipException e) {
            throw new RepositoryException(Code.MALFORMED, "this is no jar: " + e.getMessage());
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    /** The jar with a digest. Of two publishers that uploaded one skill id, the first to publish has it.
     * @param taken as in {@link #take}
     * @param owner as in {@link #take}
     * @throws RepositoryException if it was not uploaded, or too long ago, or its skill is another publisher's by now */
    Path find(Releases.Release release, Map<String, String> taken, UnaryOperator<String> owner)
            throws IOException {
        Path file = file(release.sha256());
        if (!Files.isRegularFile(file)) {
            shelf.fetch(file);
        }
        if (!Files.isRegularFile(file)) {
            throw new RepositoryException(
                    Code.WRONG_JAR,
                    "upload the jar of "
                            + release.id()
                            + " (SHA-256 "
                            + release.sha256()
                            + ") first");
        }
        own(file, release, taken, owner);
        return file;
    }

    void drop(String sha256) throws IOException {
        Files.deleteIfExists(file(sha256));
        shelf.drop(file(sha256));
    }

    /** Removes what nobody published in time. */
    void sweep() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Instant old = clock.instant().minus(LIFE);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (file.toFile().lastModified() < old.toEpochMilli()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private Path file(String sha256) {
        return folder.resolve(sha256 + ".jar");
    }

    private Path receive(InputStream in) throws IOException {
        Files.createDirectories(folder);
        sweep();
        long left = MOST_TOGETHER;
        try (Stream<Path> files = Files.list(folder)) {
            left -= files.mapToLong(file -> file.toFile().length()).sum();
        }
        if (left < MOST_BYTES) {
            throw new RepositoryException(
                    Code.FULL,
                    "too many jars wait to be published; those that nobody publishes go within an hour");
        }
        Path draft = Files.createTempFile(folder, "upload", ".tmp");
        boolean whole = false;
        try (OutputStream out = Files.newOutputStream(draft)) {
            byte[] part = new byte[1 << 16];
            long length = 0;
            for (int read = in.read(part); read >= 0; read = in.read(part)) {
                length += read;
                if (length > MOST_BYTES) {
                    throw new RepositoryException(
                            Code.TOO_LARGE, "a jar may have " + MOST_BYTES + " bytes");
                }
                out.write(part, 0, read);
            }
            whole = true;
            return draft;
        } finally {
            if (!whole) {
                Files.deleteIfExists(draft);
            }
        }
    }

    /** Refuses skill ids that another publisher has.
     * @param taken skill ids with the bundle that has each
     * @param owner the namespace that a bundle belongs to */
    private static void own(
            Path jar,
            Releases.Release release,
            Map<String, String> taken,
            UnaryOperator<String> owner)
            throws IOException {
        for (String id : ids(jar)) {
            String holder = owner.apply(taken.getOrDefault(id, release.bundle()));
            if (!holder.equals(owner.apply(release.bundle()))) {
                throw new RepositoryException(
                        Code.BLOCKED,
                        release.id()
                                + " is not taken: skill "
                                + id
                                + " is of publisher "
                                + holder
                                + "; choose another id");
            }
        }
    }

    private static List<String> ids(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toFile())) {
            return Scan.skills(file.getManifest().getMainAttributes()).stream()
                    .map(skill -> skill.getOrDefault("weft.skill", ""))
                    .toList();
        }
    }

    private static Set<String> others(Map<String, String> known, String bundle) {
        return known.entrySet().stream()
                .filter(skill -> !skill.getValue().equals(bundle))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    private static String words(Finding finding) {
        return finding.severity().name().toLowerCase(Locale.ROOT)
                + " "
                + finding.name()
                + ": "
                + finding.explanation();
    }
}
