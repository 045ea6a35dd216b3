package dev.weft.skill.folders;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The folders that may be touched. A path counts as what it really is: links, {@code ..} and letter case are resolved by the file
 * system first, and the result must lie below a folder. Whoever then opens it walks down from the folder and follows no link, so
 * that one that is put there in between leads nowhere.
 */
public final class Fence {
    private final String skill;
    private final List<Path> folders;

    /** Puts it up.
     * @param skill whose configuration it is, for errors
     * @param folders absolute paths; they need not exist yet; blank ones do not count
     * @throws IllegalArgumentException if one is not absolute */
    public Fence(String skill, String... folders) {
        this.skill = skill;
        this.folders =
                Arrays.stream(folders)
                        .filter(folder -> !folder.isBlank())
                        .map(this::absolute)
                        .toList();
    }

    private Path absolute(String folder) {
        Path path = Path.of(folder);
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException(
                    "folder \"" + folder + "\" of skill " + skill + " must be an absolute path");
        }
        return path.normalize();
    }

    /** What is open.
     * @return absolute paths */
    public List<Path> folders() {
        return folders;
    }

    /** What keeps it from being of use.
     * @return one line for people; empty if nothing does */
    public Optional<String> problem() {
        return folders.isEmpty()
                ? Optional.of("no folder is open; set \"folders\" with weft skill config " + skill)
                : folders.stream()
                        .filter(folder -> !Files.isDirectory(folder))
                        .findFirst()
                        .map(folder -> "folder " + folder + " does not exist");
    }

    /**
     * A place inside.
     *
     * @param root a folder, as it really is
     * @param path below it, as it really is; names no link
     */
    public record Place(Path root, Path path) {
        /** Does something in the directory that holds the place.
         * @param <T> what comes of it
         * @param work gets the directory and the name in it
         * @return what came of it
         * @throws IOException if it cannot be reached */
        public <T> T in(Work<T> work) throws IOException {
            Path way = root.relativize(path);
            List<DirectoryStream<Path>> open = new ArrayList<>();
            try {
                DirectoryStream<Path> at = Files.newDirectoryStream(root);
                open.add(at);
                for (int i = 0; i < way.getNameCount() - 1; i++) {
                    if (!(at instanceof SecureDirectoryStream<Path> secure)) {
                        break;
                    }
                    at =
                            secure.newDirectoryStream(
                                    way.getName(i), java.nio.file.LinkOption.NOFOLLOW_LINKS);
                    open.add(at);
                }
                return work.in(
                        at instanceof SecureDirectoryStream<Path> secure ? secure : null,
                        at instanceof SecureDirectoryStream<Path> ? path.getFileName() : path);
            } finally {
                for (int i = open.size() - 1; i >= 0; i--) {
                    open.get(i).close();
                }
            }
        }

        /** Whether it is the folder itself.
         * @return true if so */
        public boolean isRoot() {
            return path.equals(root);
        }
    }

    /** What is done in a directory.
     * @param <T> what comes of it */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it.
         * @param directory where; null on a file system that cannot hold a directory open
         * @param name relative to the directory; the whole path if there is none
         * @return what came of it
         * @throws IOException if it does not go */
        T in(SecureDirectoryStream<Path> directory, Path name) throws IOException;
    }

    /** Finds something that exists.
     * @param text a path; may be relative if one folder is open
     * @return where it is
     * @throws IllegalArgumentException if it lies outside, without saying whether it exists
     * @throws NoSuchFileException if it does not exist
     * @throws IOException if it cannot be reached */
    public Place existing(String text) throws IOException {
        Path path = parse(text);
        try {
            return inside(path.toRealPath(), text);
        } catch (NoSuchFileException absent) {
            coming(path, text); // nobody learns what exists outside
            throw new NoSuchFileException(text, null, "there is no such file");
        }
    }

    /** Finds where something is or can be made: its directory exists.
     * @param text a path; may be relative if one folder is open
     * @return where it is
     * @throws IllegalArgumentException if it lies outside
     * @throws IOException if it cannot be reached */
    public Place place(String text) throws IOException {
        Path path = parse(text);
        return Files.exists(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)
                ? existing(text)
                : coming(path, text);
    }

    private Place coming(Path path, String text) throws IOException {
        Path parent = path.getParent();
        Path name = path.getFileName();
        if (parent == null
                || name == null
                || name.toString().equals("..")
                || name.toString().equals(".")) {
            throw outside(text);
        }
        Path deepest = parent;
        while (!Files.exists(deepest)) {
            deepest = deepest.getParent();
            if (deepest == null) {
                throw outside(text);
            }
        }
        Place directory = inside(deepest.toRealPath(), text);
        if (!deepest.equals(parent)) {
            for (Path missing : deepest.relativize(parent)) {
                if (missing.toString().equals("..")) {
                    throw outside(text);
                }
            }
            throw new NoSuchFileException(text, null, "its folder does not exist");
        }
        return new Place(directory.root(), directory.path().resolve(name));
    }

    private Path parse(String text) {
        if (folders.isEmpty()) {
            throw new IllegalArgumentException(
                    "no folder is open: set \"folders\" with weft skill config " + skill);
        }
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
            if (folders.size() == 1) {
                return folders.get(0).resolve(path);
            }
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not absolute, and there are several folders: " + folders);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + e.getMessage(), e);
        }
    }

    private Place inside(Path real, String text) throws IOException {
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                Path root = folder.toRealPath();
                if (real.startsWith(root)) {
                    return new Place(root, real);
                }
            }
        }
        throw outside(text);
    }

    private IllegalArgumentException outside(String text) {
        return new IllegalArgumentException(
                "\"" + text + "\" lies outside the folders that are open: " + folders);
    }
}
