package dev.weft.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The private copies that are checked and installed; nobody else writes there, so what was checked is what is installed. */
final class Staging {
    private static final Logger LOG = LoggerFactory.getLogger(Staging.class);

    /** How hidden files end that are being written into the deploy folder. */
    static final String PART = ".weft-part";

    private final Path folder;

    Staging(Path folder) throws IOException {
        this.folder = folder;
        Files.createDirectories(folder.getParent());
        if (!Files.isDirectory(folder)) {
            Files.createDirectory(folder, access(folder.getParent(), "rwx------"));
        }
    }

    /** A private copy.
     * @param sha256 of its bytes, in hex
     * @param path where it is */
    record Staged(String sha256, Path path) {}

    /** Copies a file, if it is not a link.
     * @throws Refusal if it is too large
     * @throws IOException if it cannot be read, or the copy not be written */
    Staged take(Path source) throws IOException, Refusal {
        try (InputStream in = Files.newInputStream(source, LinkOption.NOFOLLOW_LINKS)) {
            return take(in);
        }
    }

    /** Copies a stream to its end.
     * @throws Refusal if it is too long
     * @throws IOException if it cannot be read, or the copy not be written */
    Staged take(InputStream in) throws IOException, Refusal {
        MessageDigest digest = sha256();
        Path part = Files.createTempFile(folder, "", ".part", access(folder, "rw-------"));
        try {
            try (OutputStream out = new DigestOutputStream(Files.newOutputStream(part), digest)) {
                copy(in, out);
            }
            Staged staged = staged(HexFormat.of().formatHex(digest.digest()));
            Disk.move(part, staged.path());
            return staged;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Puts a kept copy in the place of a file of the deploy folder.
     * @throws Refusal if the copy is not what it was
     * @throws IOException if the file cannot be written */
    Void restore(String sha256, Path file) throws IOException, Refusal {
        Path part = file.resolveSibling("." + file.getFileName() + PART);
        MessageDigest digest = sha256();
        try {
            try (InputStream in = Files.newInputStream(path(sha256));
                    OutputStream out =
                            new DigestOutputStream(Files.newOutputStream(part), digest)) {
                copy(in, out);
            }
            if (!HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
                throw new Refusal("its kept copy was changed on disk");
            }
            Disk.move(part, file);
        } finally {
            Files.deleteIfExists(part);
        }
        return null;
    }

    private Staged staged(String sha256) {
        return new Staged(sha256, path(sha256));
    }

    /** Where the copy with a digest is, or would be. */
    Path path(String sha256) {
        return folder.resolve(sha256 + ".jar");
    }

    /** Copies within the limit of a jar.
     * @throws Refusal if there is more */
    static void copy(InputStream in, OutputStream out) throws IOException, Refusal {
        byte[] buffer = new byte[64 << 10];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
            if (total > Audit.MAX_FILE) {
                throw new Refusal("is larger than " + (Audit.MAX_FILE >> 20) + " MiB");
            }
            out.write(buffer, 0, n);
        }
    }

    /** Deletes every copy but these. */
    void keepOnly(Set<String> digests) {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                if (!digests.contains(path.getFileName().toString().replaceFirst("\\.jar$", ""))) {
                    Disk.delete(path);
                }
            }
        } catch (IOException e) {
            LOG.warn("Old copies in {} cannot be deleted: {}", folder, e.toString());
        }
    }

    private static FileAttribute<?>[] access(Path where, String posix) {
        boolean knows = where.getFileSystem().supportedFileAttributeViews().contains("posix");
        return knows
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(posix))
                }
                : new FileAttribute<?>[0];
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
