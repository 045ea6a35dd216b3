package dev.weft.repository;

import dev.weft.repository.FileRows.Stamp;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A folder that is the same as the rows of the database, file by file. Use from one thread at a time. */
final class FolderCopy {
    /** What readers begin with; it comes last, so that all it names is there. */
    private static final String SNAPSHOT = "snapshot.json";

    private final Path folder;
    private final Map<String, Known> known = new HashMap<>();

    private record Known(long length, long modified, String sha256) {}

    FolderCopy(Path folder) {
        this.folder = folder;
    }

    /** Makes the folder what the rows are. */
    void pull(FileRows rows) throws IOException, SQLException {
        Map<String, Stamp> there = rows.all();
        Map<String, Stamp> here = stamps();
        for (Map.Entry<String, Stamp> file : there.entrySet()) {
            if (!file.getKey().equals(SNAPSHOT)) {
                bring(file.getKey(), file.getValue(), here.get(file.getKey()), rows);
            }
        }
        if (there.containsKey(SNAPSHOT)) {
            bring(SNAPSHOT, there.get(SNAPSHOT), here.get(SNAPSHOT), rows);
        }
        for (String name : here.keySet()) {
            if (!there.containsKey(name)) {
                Files.deleteIfExists(folder.resolve(name));
            }
        }
    }

    /** Makes the rows what the folder is. */
    void push(FileRows rows) throws IOException, SQLException {
        Map<String, Stamp> there = rows.all();
        Map<String, Stamp> here = stamps();
        for (Map.Entry<String, Stamp> file : here.entrySet()) {
            Stamp old = there.get(file.getKey());
            if (old == null || !old.sha256().equals(file.getValue().sha256())) {
                rows.write(file.getKey(), file.getValue(), folder.resolve(file.getKey()));
            } else if (old.modified() != file.getValue().modified()) {
                rows.touch(file.getKey(), file.getValue().modified());
            }
        }
        for (String name : there.keySet()) {
            if (!here.containsKey(name)) {
                rows.remove(name);
            }
        }
    }

    /** What readers see now.
     * @return null if there is nothing yet */
    byte[] snapshot() throws IOException {
        Path file = folder.resolve(SNAPSHOT);
        return Files.exists(file) ? Files.readAllBytes(file) : null;
    }

    /** Lets readers see what they saw. */
    void snapshot(byte[] before) throws IOException {
        if (before == null) {
            Files.deleteIfExists(folder.resolve(SNAPSHOT));
        } else {
            replace(
                    folder.resolve(SNAPSHOT),
                    out -> {
                        out.write(before);
                        return true;
                    });
        }
    }

    private void bring(String name, Stamp wanted, Stamp found, FileRows rows)
            throws IOException, SQLException {
        Path file = folder.resolve(name).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("the database names a file outside of the repository: " + name);
        }
        if (found == null || !found.sha256().equals(wanted.sha256())) {
            copy(name, wanted.sha256(), file, rows);
        }
        if (found == null || !found.equals(wanted)) {
            Files.setLastModifiedTime(file, FileTime.fromMillis(wanted.modified()));
        }
    }

    /** Copies one file out of the rows.
     * @return false if it is not there */
    static boolean copy(String name, String sha256, Path file, FileRows rows)
            throws IOException, SQLException {
        MessageDigest digest = digest();
        return replace(
                file,
                out -> {
                    try {
                        boolean found = rows.read(name, new DigestOutputStream(out, digest));
                        if (found && !HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
                            throw new IOException(name + " is damaged in the database");
                        }
                        return found;
                    } catch (SQLException e) {
                        throw new IOException(e);
                    }
                });
    }

    private interface Filling {
        /** @return false if the file stays as it was */
        boolean into(OutputStream out) throws IOException;
    }

    private static boolean replace(Path file, Filling filling) throws IOException {
        Files.createDirectories(file.getParent());
        Path draft = Files.createTempFile(file.getParent(), ".new", ".tmp");
        try {
            boolean filled;
            try (OutputStream out = Files.newOutputStream(draft)) {
                filled = filling.into(out);
            }
            if (filled) {
                Files.move(
                        draft,
                        file,
                        StandardCopyOption.REPLACE_EXISTING,
                        StandardCopyOption.ATOMIC_MOVE);
            }
            return filled;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private Map<String, Stamp> stamps() throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(Files::isRegularFile).forEach(files::add);
            }
        }
        Map<String, Stamp> stamps = new HashMap<>();
        for (Path file : files) {
            String name = folder.relativize(file).toString().replace('\\', '/');
            if (!name.startsWith(FileRows.UPLOADS) && !name.endsWith(".tmp")) {
                stamps.put(name, stamp(name, file));
            }
        }
        known.keySet().retainAll(stamps.keySet());
        return stamps;
    }

    /** Documents are written with new times; jars never change: whoever has the length and the time of before is the same. */
    private Stamp stamp(String name, Path file) throws IOException {
        long length = Files.size(file);
        FileTime time = Files.getLastModifiedTime(file);
        Known before = known.get(name);
        boolean document = name.endsWith(".json");
        if (document
                || before == null
                || before.length() != length
                || before.modified() != time.toMillis()) {
            before = new Known(length, time.toMillis(), sha256(file));
            known.put(name, before);
        }
        return new Stamp(before.sha256(), before.modified());
    }

    static String sha256(Path file) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = Files.newInputStream(file);
                DigestOutputStream out =
                        new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
            in.transferTo(out);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
