package dev.weft.deploy;

import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.deploy.Slot.Look;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at the files of the deploy folder and decides when one is whole and new. Used on the loop, but for {@link #touched}. */
final class Inbox {
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);
    private static final Duration RECHECK = Duration.ofMillis(20);
    private static final Duration READ_LIMIT = Duration.ofSeconds(60);
    private static final int RENAME_LOOKS = 40;

    /** Many programs replace a file by deleting the old one first: what comes back this soon was never gone. */
    private static final int REPLACE_LOOKS = 10;

    /** A file that is no zip yet is being written; it is refused if it did not change for so many looks, which take 2 s. Looks
     * are counted and not time: a machine that stood still meanwhile is not held against the file. */
    private static final int UNFINISHED_LOOKS = 100;

    private final Path folder;
    private final Loop loop;
    private final Crew readers;
    private final Releases releases;
    private final Shelf shelf;
    private final Map<String, Slot> slots = new HashMap<>();
    private final Set<String> queued = ConcurrentHashMap.newKeySet();

    /** Begins with nothing.
     * @param readers reads whole files, in the order in which they came
     * @param shelf what runs */
    Inbox(Path folder, Loop loop, Crew readers, Releases releases, Shelf shelf) {
        this.folder = folder;
        this.loop = loop;
        this.readers = readers;
        this.releases = releases;
        this.shelf = shelf;
    }

    /** Tells the files that are looked at: jars and zips that are not hidden. */
    static boolean isDeployable(String name) {
        return (name.endsWith(".jar") || name.endsWith(".zip")) && !name.startsWith(".");
    }

    static boolean isDeployable(Path path) {
        return isDeployable(path.getFileName().toString());
    }

    /** Something happened to a file. May be called on any thread; returns at once. */
    void touched(String file) {
        if (isDeployable(file)) {
            soon(file, Duration.ZERO);
        }
    }

    /** What became of a file's content as it is now; empty while that is not known. */
    Optional<Deployment> outcome(String file) throws IOException {
        Slot slot = slots.get(file);
        boolean settled =
                slot != null && !slot.isBusy() && Look.of(folder.resolve(file)).equals(slot.done);
        return settled ? Optional.of(shelf.view(slot)) : Optional.empty();
    }

    /** Tells whether a file was there at the last look. */
    boolean knows(String file) {
        return slots.containsKey(file);
    }

    /** Tells whether a file's content as it is now is the one with a digest. */
    boolean holds(String file, String sha256) {
        Slot slot = slots.get(file);
        return slot != null && slot.sha256.equals(sha256);
    }

    /** Tells whether the outcome of some file is not known yet. */
    boolean isBusy() {
        return slots.values().stream().anyMatch(Slot::isBusy);
    }

    /** Looks at a file as if it were new. */
    void again(String file) {
        Slot slot = slots.get(file);
        if (slot != null) {
            slot.done = null;
            slot.replacedBy = "";
        }
        soon(file, Duration.ZERO);
    }

    /** Every file that was taken up. */
    Collection<Slot> slots() {
        return slots.values();
    }

    private void soon(String file, Duration delay) {
        // Many events for one file end in one look; the name leaves the set before the look, so a
        // later event asks for another.
        if (queued.add(file)) {
            loop.after(
                    delay,
                    () -> {
                        queued.remove(file);
                        look(file);
                    });
        }
    }

    /** Looks at everything.
     * @param first names to look at before the others
     * @throws IOException if the folder cannot be read */
    void sweep(List<String> first) throws IOException {
        Map<String, Long> found = new HashMap<>();
        for (Path path : list()) {
            found.put(path.getFileName().toString(), modified(path));
        }
        List.copyOf(slots.keySet()).stream()
                .filter(file -> !found.containsKey(file))
                .forEach(this::gone);
        Comparator<String> known =
                Comparator.comparingInt(
                        file -> first.contains(file) ? first.indexOf(file) : first.size());
        found.keySet().stream()
                .sorted(known.thenComparing(found::get).thenComparing(file -> file))
                .forEach(this::look);
    }

    private List<Path> list() throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, Inbox::isDeployable)) {
            List<Path> found = new ArrayList<>();
            all.forEach(found::add);
            return found;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
    }

    private static long modified(Path path) {
        try {
            return Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toMillis();
        } catch (IOException gone) {
            return 0;
        }
    }

    private void look(String file) {
        Path path = folder.resolve(file);
        BasicFileAttributes attributes;
        try {
            attributes =
                    Files.readAttributes(
                            path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            if (!(e instanceof NoSuchFileException)) {
                LOG.warn("{} cannot be looked at: {}", file, e.toString());
            }
            gone(file);
            return;
        }
        Slot slot = slots.get(file);
        Look look = Look.of(attributes);
        if (slot != null) {
            slot.missed = 0;
        }
        if (attributes.isDirectory()
                || (slot != null && (slot.reading != null || look.equals(slot.done)))) {
            return;
        }
        if (slot == null) {
            slot = new Slot(file);
            slots.put(file, slot);
        }
        try {
            take(slot, path, attributes, look);
        } catch (Refusal e) {
            refuse(slot, look, e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("{} could not be looked at", file, e);
            refuse(slot, look, "could not be looked at: " + e);
        }
    }

    private void refuse(Slot slot, Look look, String reason) {
        slot.done = look;
        slot.unfinished = null;
        slot.turn++;
        slot.sha256 = "";
        slot.release = null;
        shelf.refuse(slot, new Refusal(reason));
    }

    private void take(Slot slot, Path path, BasicFileAttributes attributes, Look look)
            throws Refusal {
        if (attributes.isSymbolicLink()) {
            throw new Refusal("is a symbolic link; put the file itself here");
        }
        if (!attributes.isRegularFile()) {
            throw new Refusal("is not a regular file");
        }
        if (attributes.size() > Audit.MAX_FILE) {
            throw new Refusal("is larger than " + (Audit.MAX_FILE >> 20) + " MiB");
        }
        if (slot.file.chars().anyMatch(Character::isISOControl)) {
            throw new Refusal("has a control character in its name");
        }
        try {
            if (!isWhole(path)) {
                await(slot, look);
                return;
            }
        } catch (NoSuchFileException e) {
            soon(slot.file, Duration.ZERO);
            return;
        } catch (IOException e) {
            throw new Refusal("cannot be read: " + e.getMessage(), e);
        }
        slot.reading = look;
        readers.run("read " + slot.file, READ_LIMIT, () -> releases.take(path))
                .whenComplete((release, failure) -> read(slot, path, release, failure));
    }

    private void read(Slot slot, Path path, Release release, Throwable failure) {
        Look look = slot.reading;
        slot.reading = null;
        if (slots.get(slot.file) != slot) {
            return;
        }
        try {
            if (!look.equals(Look.of(path))) {
                soon(slot.file, RECHECK);
            } else if (failure == null) {
                slot.done = look;
                slot.unfinished = null;
                shelf.accept(slot, release);
            } else {
                throw Installer.unwrap(failure);
            }
        } catch (NoSuchFileException e) {
            soon(slot.file, Duration.ZERO);
        } catch (Refusal e) {
            refuse(slot, look, e.getMessage());
        } catch (IOException e) {
            refuse(slot, look, "cannot be read: " + e.getMessage());
        } catch (Throwable e) {
            LOG.error("{} could not be read", slot.file, e);
            refuse(slot, look, "could not be read: " + e);
        }
    }

    private static boolean isWhole(Path path) throws IOException {
        // The list of a zip's entries is at its end: what is still being copied cannot be opened.
        try (ZipFile zip = new ZipFile(path.toFile())) {
            return zip.size() >= 0;
        } catch (ZipException | IllegalArgumentException notYet) {
            return false;
        }
    }

    private void await(Slot slot, Look look) throws Refusal {
        if (!look.equals(slot.unfinished)) {
            slot.unfinished = look;
            slot.unfinishedLooks = 0;
            shelf.pending();
        } else if (++slot.unfinishedLooks > UNFINISHED_LOOKS) {
            throw new Refusal("is not a zip file, or not a whole one");
        }
        soon(slot.file, RECHECK);
    }

    private void gone(String file) {
        Slot slot = slots.get(file);
        if (slot == null) {
            return;
        }
        // A file that was renamed is there under its new name: what it holds must change hands
        // before it goes.
        int missed = slot.missed++;
        if (missed < REPLACE_LOOKS || (missed < RENAME_LOOKS && newcomers())) {
            soon(file, RECHECK);
            return;
        }
        slots.remove(file);
        slot.turn++;
        // Those that gave way to this file have their turn again.
        List<Slot> heirs = new ArrayList<>(slots.values());
        heirs.removeIf(other -> !other.replacedBy.equals(file));
        shelf.gone(slot, heirs);
        heirs.forEach(heir -> soon(heir.file, Duration.ZERO));
    }

    /** Tells whether there are files that were not read yet, and looks at them. */
    private boolean newcomers() {
        try {
            List<String> names =
                    list().stream().map(path -> path.getFileName().toString()).toList();
            names.stream().filter(name -> !slots.containsKey(name)).forEach(this::look);
            return names.stream()
                    .map(slots::get)
                    .anyMatch(slot -> slot != null && slot.release == null && slot.isBusy());
        } catch (IOException e) {
            return false;
        }
    }

    /** Everything that was taken up. */
    List<Deployment> views() {
        return slots.values().stream()
                .map(shelf::view)
                .sorted(Comparator.comparing(Deployment::file))
                .toList();
    }
}
