package dev.onvoid.webrtc.internal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/** A file of the bundle that lies, the same byte for byte, in a folder that only its owner can open. */
final class NativeCopy {
    private static final int BLOCK = 64 << 10;

    private final String name;
    private final Source source;

    /** Where the bytes come from; opened once or twice. */
    interface Source {
        InputStream open() throws IOException;
    }

    NativeCopy(String name, Source source) {
        this.name = name;
        this.source = source;
    }

    /** Makes sure of the copy: one that is there and the same stays untouched, any other is replaced in one step.
     * @param folder made if absent, with mode 0700; what else lies in it is deleted
     * @return absolute path of the copy
     * @throws IOException if the folder or the file cannot be written; no part of a file is left then */
    Path keep(Path folder) throws IOException {
        Files.createDirectories(folder);
        if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        Path copy = folder.resolve(name).toAbsolutePath();
        sweep(folder, copy);
        if (!isSame(copy)) {
            Path part = folder.resolve(name + ".part");
            try {
                write(part);
                Files.move(part, copy, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return copy;
    }

    private static void sweep(Path folder, Path copy) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                if (!file.toAbsolutePath().equals(copy) && Files.isRegularFile(file)) {
                    Files.delete(file);
                }
            }
        }
    }

    private boolean isSame(Path copy) throws IOException {
        if (!Files.isRegularFile(copy)) {
            return false;
        }
        byte[] wanted = new byte[BLOCK];
        byte[] found = new byte[BLOCK];
        try (InputStream original = source.open();
                InputStream kept = Files.newInputStream(copy)) {
            while (true) {
                int length = original.readNBytes(wanted, 0, BLOCK);
                if (length != kept.readNBytes(found, 0, BLOCK)
                        || !Arrays.equals(wanted, 0, length, found, 0, length)) {
                    return false;
                }
                if (length < BLOCK) {
                    return true;
                }
            }
        }
    }

    /** Forced to the disk before it gets its name: a power cut leaves the whole file or none. */
    private void write(Path part) throws IOException {
        byte[] block = new byte[BLOCK];
        try (InputStream original = source.open();
                FileChannel file =
                        FileChannel.open(
                                part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            for (int length = original.read(block); length >= 0; length = original.read(block)) {
                ByteBuffer bytes = ByteBuffer.wrap(block, 0, length);
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
            file.force(true);
        }
    }
}
