package dev.weft.host.launcher;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * The data directory of a host: made if absent, locked while the host runs, marked with the version of its layout. What a
 * start makes anew (bundle cache, temporary files, run files) is emptied first, so that a killed host leaves nothing that matters.
 */
final class DataDirectory implements AutoCloseable {
    /** Layout that this version writes; a directory with a larger number is refused. */
    static final int LAYOUT = 1;

    private final Path root;
    private final FileChannel lockFile;
    private final FileLock lock;

    private DataDirectory(Path root, FileChannel lockFile, FileLock lock) {
        this.root = root;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    static DataDirectory open(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(root)) {
                Files.createDirectories(root);
                restrict(root);
            }
            FileChannel file =
                    FileChannel.open(
                            root.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            FileLock lock = lock(root, file);
            DataDirectory data = new DataDirectory(root, file, lock);
            data.checkLayout();
            for (String volatileFolder : new String[] {"cache", "tmp", "run"}) {
                empty(root.resolve(volatileFolder));
                restrict(Files.createDirectories(root.resolve(volatileFolder)));
            }
            Files.deleteIfExists(root.resolve("weft.port"));
            for (String folder : new String[] {"log", "keys"}) {
                restrict(Files.createDirectories(root.resolve(folder)));
            }
            return data;
        } catch (IOException e) {
            throw new HostException(
                    HostException.FAILED,
                    "data directory "
                            + root
                            + " cannot be used ("
                            + reason(e)
                            + "); make it writable or choose another with --data");
        }
    }

    /** Takes the directory of a host that does not run, and leaves everything in it as it is. */
    static DataDirectory hold(Path directory) {
        Path root = directory.toAbsolutePath().normalize();
        try {
            if (!Files.isDirectory(root)) {
                restrict(Files.createDirectories(root));
            }
            FileChannel file =
                    FileChannel.open(
                            root.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            DataDirectory data = new DataDirectory(root, file, lock(root, file));
            data.checkLayout();
            return data;
        } catch (IOException e) {
            throw new HostException(
                    HostException.FAILED,
                    "data directory " + root + " cannot be used (" + reason(e) + ")");
        }
    }

    private static FileLock lock(Path root, FileChannel file) throws IOException {
        FileLock lock;
        try {
            lock = file.tryLock();
        } catch (OverlappingFileLockException sameProcess) {
            lock = null;
        }
        if (lock == null) {
            file.close();
            throw new HostException(
                    HostException.FAILED,
                    "data directory "
                            + root
                            + " is in use by another host; stop it or choose another with --data");
        }
        return lock;
    }

    private void checkLayout() throws IOException {
        Path file = root.resolve("layout");
        if (!Files.exists(file)) {
            Files.writeString(file, LAYOUT + "\n");
            return;
        }
        String text = Files.readString(file).strip();
        int layout;
        try {
            layout = Integer.parseInt(text);
        } catch (NumberFormatException e) {
            close();
            throw new HostException(
                    HostException.FAILED,
                    file
                            + " should hold the number of the directory's layout, not \""
                            + text
                            + "\"; is this a data directory of Weft?");
        }
        if (layout > LAYOUT) {
            close();
            throw new HostException(
                    HostException.FAILED,
                    "data directory "
                            + root
                            + " was written by a newer version of Weft (layout "
                            + layout
                            + ", this version knows "
                            + LAYOUT
                            + "); run that version or choose another directory with --data");
        }
    }

    Path root() {
        return root;
    }

    Path resolve(String name) {
        return root.resolve(name);
    }

    static Path restrict(Path folder) throws IOException {
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        return folder;
    }

    private static void empty(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }

    private static String reason(IOException e) {
        return e.getClass()
                        .getSimpleName()
                        .replace("Exception", "")
                        .replaceAll("([a-z])([A-Z])", "$1 $2")
                        .toLowerCase(java.util.Locale.ROOT)
                + ": "
                + e.getMessage();
    }

    @Override
    public void close() throws IOException {
        if (lockFile.isOpen()) {
            lock.release();
            lockFile.close();
        }
    }
}
