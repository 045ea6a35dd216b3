package dev.weft.catalog;

import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives the process: files that change as a whole or not at all. Each change is told in the debug log once it has happened, so
 * that a test can kill the host after any of them.
 */
final class Disk {
    private static final Logger LOG = LoggerFactory.getLogger(Disk.class);

    private Disk() {}

    /** Replaces a file; its bytes are on the disk before it has its name. */
    static void write(Path target, byte[] bytes) throws IOException {
        Files.createDirectories(target.getParent());
        write(target, target.resolveSibling(target.getFileName() + ".part"), bytes);
    }

    /** The same for a file that several may write at once.
     * @param part the draft, of this call alone; beside the target */
    static void write(Path target, Path part, byte[] bytes) throws IOException {
        try (FileChannel out =
                FileChannel.open(
                        part,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            for (ByteBuffer left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) {
                out.write(left);
            }
            out.force(true);
        }
        Files.move(
                part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        LOG.debug("written {}", target);
    }

    /** Replaces a file by a value as JSON. */
    static void write(Path target, Object value) throws IOException {
        write(target, Wire.write(value).getBytes(StandardCharsets.UTF_8));
    }

    /** Reads a value that was written as JSON.
     * @return empty if there is no file
     * @throws IOException if it is damaged; the message says which file, and what to do */
    static <T> Optional<T> read(Path file, Class<T> type) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Wire.as(Wire.tree(Files.readString(file)), type));
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new IOException(
                    file + " is damaged (" + e.getMessage() + "): restore or delete it", e);
        }
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            LOG.debug("deleted {}", file);
        }
    }
}
