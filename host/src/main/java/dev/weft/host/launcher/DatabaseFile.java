package dev.weft.host.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The embedded database of a host that does not run: saved to, and restored from, the zip file that a running host writes too
 * ({@code backup.json}, then {@code db/weft.mv.db}).
 */
public final class DatabaseFile {
    private static final int FORMAT = 1;
    private static final String ABOUT = "backup.json";
    private static final String ENTRY = "db/weft.mv.db";
    private static final String STAGED = "db/restore-at-next-start.mv.db";
    private static final String BEFORE = "weft.mv.db.before-restore";
    private static final byte[] HEADER = "H:2,".getBytes(StandardCharsets.US_ASCII);

    private DatabaseFile() {}

    /** Whether a host runs on a data directory.
     * @param data the directory
     * @return false if it does not exist */
    public static boolean isInUse(Path data) {
        if (!Files.isDirectory(data)) {
            return false;
        }
        try (DataDirectory held = DataDirectory.hold(data)) {
            return held == null;
        } catch (HostException busy) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes an empty file beside another, for the owner only.
     * @param beside the other
     * @return the file
     * @throws IOException if it cannot be made */
    public static Path privateFile(Path beside) throws IOException {
        Path folder = beside.toAbsolutePath().getParent();
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        return posix
                ? Files.createTempFile(
                        folder,
                        ".weft-",
                        ".part",
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, ".weft-", ".part");
    }

    /** Saves the database.
     * @param data directory of a host that does not run
     * @param zip gets it
     * @throws IOException if it cannot be written */
    public static void save(Path data, Path zip) throws IOException {
        Path database = data.resolve(ENTRY);
        if (!Files.exists(database)) {
            throw new HostException(
                    HostException.FAILED,
                    "there is no database in "
                            + data
                            + "; name the host's directory with --data (a PostgreSQL database is backed up with pg_dump)");
        }
        try (DataDirectory held = DataDirectory.hold(data);
                ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(zip))) {
            out.putNextEntry(new ZipEntry(ABOUT));
            out.write(
                    Wire.write(
                                    (Object)
                                            Wire.object()
                                                    .put("format", FORMAT)
                                                    .put("layout", DataDirectory.LAYOUT)
                                                    .put("created", Instant.now().toString()))
                            .getBytes(StandardCharsets.UTF_8));
            out.closeEntry();
            out.putNextEntry(new ZipEntry(ENTRY));
            Files.copy(held.resolve(ENTRY), out);
            out.closeEntry();
        }
    }

    /** Puts a backup in the place of the database.
     * @param data directory of a host that does not run; made if it is absent
     * @param zip the backup
     * @return where the database is now that was there before
     * @throws IOException if it cannot be written */
    public static Optional<Path> restore(Path data, Path zip) throws IOException {
        mustExist(zip);
        try (DataDirectory held = DataDirectory.hold(data)) {
            Path folder = held.resolve("db");
            if (!Files.isDirectory(folder)) {
                DataDirectory.restrict(Files.createDirectories(folder));
            }
            Path part = privateFile(held.resolve(ENTRY));
            try {
                unpack(zip, part);
                Files.deleteIfExists(held.resolve(STAGED)); // this one counts
                return replace(held.resolve(ENTRY), part);
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    private static void mustExist(Path zip) {
        if (!Files.isRegularFile(zip)) {
            throw new HostException(HostException.USAGE, "there is no file " + zip);
        }
    }

    /** Killed in between, it is done again by whoever starts next: the old database is kept until the new one is in its place. */
    private static Optional<Path> replace(Path database, Path fresh) throws IOException {
        Optional<Path> before = Optional.empty();
        if (Files.exists(database)) {
            Path aside = database.resolveSibling(BEFORE);
            Files.move(database, aside, StandardCopyOption.REPLACE_EXISTING);
            before = Optional.of(aside);
        }
        Files.move(fresh, database, StandardCopyOption.ATOMIC_MOVE);
        return before;
    }

    /** Checks a backup, and has the next start of the host put it in the place of the database.
     * @param data directory of a host that runs, or not
     * @param zip the backup
     * @throws IOException if it cannot be written */
    public static void stage(Path data, Path zip) throws IOException {
        mustExist(zip);
        Path database = data.resolve(ENTRY);
        if (!Files.exists(database)) {
            throw new HostException(
                    HostException.FAILED,
                    "there is no database in "
                            + data
                            + " to be replaced; a PostgreSQL database is restored with its own tools, a new directory by: weft restore FILE --data D");
        }
        Path part = privateFile(database);
        try {
            unpack(zip, part);
            Files.move(part, data.resolve(STAGED), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Takes back what {@link #stage} did.
     * @param data the directory
     * @return whether there was something
     * @throws IOException if it cannot be deleted */
    public static boolean forget(Path data) throws IOException {
        return Files.deleteIfExists(data.resolve(STAGED));
    }

    /** Does what {@link #stage} prepared.
     * @param data of the host that is about to start
     * @return what to tell, empty if nothing was prepared
     * @throws IOException if a file cannot be moved */
    static Optional<String> restoreStaged(DataDirectory data) throws IOException {
        Path staged = data.resolve(STAGED);
        if (!Files.exists(staged)) {
            return Optional.empty();
        }
        Optional<Path> before = replace(data.resolve(ENTRY), staged);
        return Optional.of(
                "the backup that was to be restored at this start is restored"
                        + before.map(aside -> "; the database that was there is now " + aside)
                                .orElse(""));
    }

    private static void unpack(Path zip, Path target) throws IOException {
        try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
            ZipEntry first = in.getNextEntry();
            if (first == null || !first.getName().equals(ABOUT)) {
                throw damaged(zip, "it is no backup of Weft");
            }
            check(zip, new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8));
            ZipEntry second = in.getNextEntry();
            if (second == null || !second.getName().equals(ENTRY)) {
                throw damaged(zip, "it holds no database");
            }
            try (OutputStream out = Files.newOutputStream(target)) { // keeps its permissions
                in.transferTo(out); // checks the sum at the end
            }
        } catch (ZipException | java.io.EOFException e) {
            throw damaged(zip, "it is damaged: " + e.getMessage());
        }
        try (InputStream start = Files.newInputStream(target)) {
            if (!Arrays.equals(start.readNBytes(HEADER.length), HEADER)) {
                throw damaged(zip, "it holds no database of this kind");
            }
        }
    }

    private static void check(Path zip, String about) {
        JsonNode json;
        try {
            json = Wire.tree(about);
        } catch (ProtocolException e) {
            throw damaged(zip, "it is no backup of Weft");
        }
        if (json.path("format").asInt() > FORMAT
                || json.path("layout").asInt() > DataDirectory.LAYOUT) {
            throw new HostException(
                    HostException.FAILED,
                    zip
                            + " was written by a newer version of Weft (format "
                            + json.path("format").asInt()
                            + ", layout "
                            + json.path("layout").asInt()
                            + "; this version knows "
                            + FORMAT
                            + " and "
                            + DataDirectory.LAYOUT
                            + "); restore it with that version");
        }
        if (json.path("format").asInt() != FORMAT) {
            throw damaged(zip, "it is no backup of Weft");
        }
    }

    private static HostException damaged(Path zip, String why) {
        return new HostException(
                HostException.FAILED,
                zip + " cannot be restored: " + why + "; nothing was changed");
    }
}
