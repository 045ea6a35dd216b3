package dev.weft.api.identity;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that hold secrets: made with mode 0600 from the first byte, in folders of mode 0700, replaced as a whole. */
public final class SecretFile {
    private SecretFile() {}

    /** Makes a new file.
     * @param file its path; the folder is made if absent
     * @param text its content, written as UTF-8
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     * @throws IOException if it cannot be written */
    public static void create(Path file, String text) throws IOException {
        try (OutputStream out = create(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Makes a new file to write to.
     * @param file its path; the folder is made if absent
     * @return a stream without a buffer; the caller closes it
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     * @throws IOException if it cannot be made */
    public static OutputStream create(Path file) throws IOException {
        folder(file);
        return Channels.newOutputStream(
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        mode(file, "rw-------")));
    }

    /** Makes or replaces a file in one step: a reader sees the old content or the new, never a part.
     * @param file its path; the folder is made if absent
     * @param text its content, written as UTF-8
     * @throws IOException if it cannot be written; the old content is still there then */
    public static void replace(Path file, String text) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        create(fresh, text);
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void folder(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, mode(folder, "rwx------"));
        }
    }

    // asked of the system and not of the file's mount, which need not be found: a chroot's root is
    // often none
    private static FileAttribute<?>[] mode(Path where, String permissions) {
        return where.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}
