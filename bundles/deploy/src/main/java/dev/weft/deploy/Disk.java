package dev.weft.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The changes that outlive the process. Each happens as a whole or not at all, and is told in the debug log once it has happened: what
 * is on disk between two lines is what the next run finds after a kill.
 */
final class Disk {
    private static final Logger LOG = LoggerFactory.getLogger(Disk.class);

    private Disk() {}

    /** Gives a file that was written under another name its own; what it replaces is gone. */
    static void move(Path part, Path target) throws IOException {
        Files.move(
                part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        LOG.debug("written {}", target);
    }

    /** Replaces a small file; its bytes are on the disk before it has its name. */
    static void write(Path target, byte[] bytes) throws IOException {
        Path part = target.resolveSibling(target.getFileName() + ".part");
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
        move(part, target);
    }

    static void delete(Path path) throws IOException {
        if (Files.deleteIfExists(path)) {
            LOG.debug("deleted {}", path);
        }
    }
}
