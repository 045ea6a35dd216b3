package dev.weft.catalog;

import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Files under their digests: downloads, zips made of them, and what an update takes the place of. Thread-safe. */
final class Store {
    private static final long MOST = 256L << 20;
    private static final Duration YOUNG = Duration.ofHours(1);
    private final Path folder;
    private final InstantSource clock;

    Store(Path folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    Path path(String sha256) {
        return folder.resolve(sha256);
    }

    /** Tells whether a file is here, and still what it was. */
    boolean has(String sha256) {
        try {
            Path path = path(sha256);
            if (!Files.exists(path) || !Root.sha256(Files.readAllBytes(path)).equals(sha256)) {
                return false;
            }
            Files.setLastModifiedTime(path, FileTime.from(clock.instant()));
            return true;
        } catch (IOException e) {
            return false; // it is fetched again
        }
    }

    /** Keeps bytes. Two plans may fetch the same jar at once: each writes a draft of its own. What a kill leaves of one is swept.
     * @return their digest */
    String put(byte[] bytes) throws IOException {
        String sha256 = Root.sha256(bytes);
        if (!has(sha256)) {
            Files.createDirectories(folder);
            Path part = Files.createTempFile(folder, sha256 + ".", ".part");
            try {
                Disk.write(path(sha256), part, bytes);
            } finally {
                Files.deleteIfExists(part);
            }
        }
        return sha256;
    }

    /** Deletes what nobody needs: the oldest first, until the rest takes at most 256 MiB. What is younger than an hour stays.
     * @param needed digests that stay */
    void sweep(Set<String> needed) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> old = new ArrayList<>();
        long size = 0;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            for (Path path : all) {
                size += Files.size(path);
                if (!needed.contains(path.getFileName().toString())
                        && age(path).compareTo(YOUNG) > 0) {
                    old.add(path);
                }
            }
        }
        old.sort(Comparator.comparing(this::age).reversed());
        for (Path path : old) {
            boolean part = path.toString().endsWith(".part");
            if (part || size > MOST) {
                size -= Files.size(path);
                Disk.delete(path);
            }
        }
    }

    private Duration age(Path path) {
        try {
            return Duration.between(Files.getLastModifiedTime(path).toInstant(), clock.instant());
        } catch (IOException e) {
            return Duration.ZERO;
        }
    }
}
