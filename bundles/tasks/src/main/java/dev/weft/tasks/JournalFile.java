package dev.weft.tasks;

import dev.weft.protocol.JsonText;
import java.io.BufferedReader;
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
import java.util.Arrays;
import java.util.HexFormat;
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

    /** Bytes of one write: longer lines are not in memory as a whole. */
    private static final int STEP = 64 << 10;

    private static final JsonText END = JsonText.of(new byte[] {'\n'});

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
                && Arrays.equals(checksum(line), 0, CHECKSUM, line, 0, CHECKSUM);
    }

    /** The checksum that a line should begin with. */
    private static byte[] checksum(byte[] line) {
        CRC32C crc = new CRC32C();
        crc.update(line, CHECKSUM, line.length - CHECKSUM);
        return written(crc);
    }

    private static byte[] checksum(JsonText text) {
        CRC32C crc = new CRC32C();
        byte[] step = new byte[Math.min(STEP, text.length())];
        for (int at = 0; at < text.length(); at += step.length) {
            int count = Math.min(step.length, text.length() - at);
            text.copy(at, count, step, 0);
            crc.update(step, 0, count);
        }
        return written(crc);
    }

    private static byte[] written(CRC32C crc) {
        return (HexFormat.of().toHexDigits((int) crc.getValue()) + " ")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    long size() {
        return size;
    }

    /** Size after the last time it was written anew; 0 if it was not yet. */
    long compactSize() {
        return compactSize;
    }

    /** Appends lines and waits until the disk has them. If it fails, the file is as before. */
    void append(List<JsonText> lines) throws IOException {
        try {
            write(channel, lines);
            channel.force(false);
            size = channel.position();
        } catch (IOException e) {
            channel.truncate(size);
            channel.position(size);
            throw e;
        }
    }

    /** Puts a new file in the place of the old, all or nothing. */
    void replace(List<JsonText> lines) throws IOException {
        FileChannel next = create(fresh());
        try {
            write(next, lines);
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
        size = next.position();
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

    private static void write(FileChannel channel, List<JsonText> lines) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(STEP);
        for (JsonText line : lines) {
            write(channel, out, JsonText.of(checksum(line)));
            write(channel, out, line);
            write(channel, out, END);
        }
        flush(channel, out);
    }

    private static void write(FileChannel channel, ByteBuffer out, JsonText text)
            throws IOException {
        int at = 0;
        while (at < text.length()) {
            if (!out.hasRemaining()) {
                flush(channel, out);
            }
            int count = Math.min(out.remaining(), text.length() - at);
            text.copy(at, count, out.array(), out.position());
            out.position(out.position() + count);
            at += count;
        }
    }

    private static void flush(FileChannel channel, ByteBuffer out) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }
}
