package dev.weft.tasks;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of lines, each with its checksum, that is only appended to. A line that a crash cut short is dropped when it is opened.
 * Not thread-safe.
 */
final class JournalFile {
    private static final Logger LOG = LoggerFactory.getLogger(JournalFile.class);
    private static final int CHECKSUM = 9;

    private final Path path;
    private FileChannel channel;
    private long size;
    private long compactSize;

    /** Opens the file and reads what is in it.
     * @param path made if it is missing, for its owner only
     * @param lines gets each whole line */
    JournalFile(Path path, Consumer<String> lines) throws IOException {
        this.path = path;
        Files.createDirectories(path.toAbsolutePath().getParent());
        Files.deleteIfExists(fresh());
        if (Files.notExists(path)) {
            create(path).close();
        }
        long good = read(lines);
        channel = FileChannel.open(path, StandardOpenOption.WRITE);
        if (good < channel.size()) {
            LOG.warn(
                    "{}: the last {} bytes were not written whole and are dropped",
                    path,
                    channel.size() - good);
            channel.truncate(good);
            channel.force(true);
        }
        channel.position(good);
        size = good;
        compactSize = 0;
    }

    private long read(Consumer<String> lines) throws IOException {
        long end = 0;
        long at = 0;
        int damaged = 0;
        try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.ISO_8859_1)) {
            // one char is one byte here, so that offsets are right; the text is decoded below
            for (String raw = reader.readLine(); raw != null; raw = reader.readLine()) {
                at += raw.length() + 1L;
                byte[] bytes = raw.getBytes(StandardCharsets.ISO_8859_1);
                if (isWhole(bytes) && at <= Files.size(path)) {
                    lines.accept(
                            new String(
                                    bytes,
                                    CHECKSUM,
                                    bytes.length - CHECKSUM,
                                    StandardCharsets.UTF_8));
                    damaged += end + raw.length() + 1 < at ? 1 : 0;
                    end = at;
                }
            }
        }
        if (damaged > 0) {
            LOG.error("{}: {} damaged stretches were skipped; check the disk", path, damaged);
        }
        return end;
    }

    private static boolean isWhole(byte[] line) {
        return line.length > CHECKSUM
                && checksum(line, CHECKSUM, line.length - CHECKSUM)
                        .equals(new String(line, 0, CHECKSUM - 1, StandardCharsets.ISO_8859_1));
    }

    private static String checksum(byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, offset, length);
        return String.format("%08x", crc.getValue());
    }

    long size() {
        return size;
    }

    /** Size after the last time it was written anew; 0 if it was not yet. */
    long compactSize() {
        return compactSize;
    }

    /** Appends lines and waits until the disk has them. If it fails, the file is as before. */
    void append(List<String> lines) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(lines));
        long before = size;
        try {
            while (bytes.hasRemaining()) {
                size += channel.write(bytes);
            }
            channel.force(false);
        } catch (IOException e) {
            size = before;
            channel.truncate(before);
            channel.position(before);
            throw e;
        }
    }

    /** Puts a new file in the place of the old, all or nothing. */
    void replace(List<String> lines) throws IOException {
        byte[] bytes = bytes(lines);
        FileChannel next = create(fresh());
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            while (buffer.hasRemaining()) {
                next.write(buffer);
            }
            next.force(true);
            Files.move(
                    fresh(),
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            next.close();
            throw e;
        }
        channel.close();
        channel = next;
        size = bytes.length;
        compactSize = size;
        syncFolder();
    }

    private void syncFolder() throws IOException {
        if (isPosix()) { // elsewhere a folder cannot be opened
            try (FileChannel folder =
                    FileChannel.open(path.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
                folder.force(true);
            }
        }
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("{} could not be closed", path, e);
        }
    }

    private Path fresh() {
        return path.resolveSibling(path.getFileName() + ".new");
    }

    private static FileChannel create(Path path) throws IOException {
        FileAttribute<?>[] ownerOnly =
                isPosix()
                        ? new FileAttribute<?>[] {
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rw-------"))
                        }
                        : new FileAttribute<?>[0];
        return FileChannel.open(
                path,
                java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                ownerOnly);
    }

    private static boolean isPosix() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }

    private static byte[] bytes(List<String> lines) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String line : lines) {
            byte[] text = line.getBytes(StandardCharsets.UTF_8);
            out.writeBytes((checksum(text, 0, text.length) + " ").getBytes(StandardCharsets.UTF_8));
            out.writeBytes(text);
            out.write('\n');
        }
        return out.toByteArray();
    }
}
