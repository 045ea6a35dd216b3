package dev.onvoid.webrtc.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativeCopyTest {
    private static final FileTime LONG_AGO = FileTime.fromMillis(1_000_000_000_000L);

    @TempDir Path folder;
    private final byte[] library = new byte[200_000];
    private final NativeCopy copy =
            new NativeCopy("lib.so", () -> new ByteArrayInputStream(library));

    NativeCopyTest() {
        new Random(1).nextBytes(library);
    }

    @Test
    void copy_is_whole_and_its_folder_is_its_owners_alone() throws Exception {
        Path native_ = folder.resolve("native");
        Path made = copy.keep(native_);
        assertArrayEquals(library, Files.readAllBytes(made));
        assumeTrue(Files.getFileStore(native_).supportsFileAttributeView("posix"));
        assertEquals(
                "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(native_)));
    }

    @Test
    void copy_that_is_the_same_is_not_written_again() throws Exception {
        Path made = copy.keep(folder);
        Files.setLastModifiedTime(made, LONG_AGO);
        copy.keep(folder);
        assertEquals(LONG_AGO, Files.getLastModifiedTime(made));
    }

    @Test
    void copy_that_was_changed_cut_or_lengthened_is_replaced() throws Exception {
        byte[] changed = library.clone();
        changed[150_000]++;
        byte[] longer = java.util.Arrays.copyOf(library, library.length + 1);
        for (byte[] wrong :
                new byte[][] {changed, longer, java.util.Arrays.copyOf(library, 65536), {}}) {
            Files.write(folder.resolve("lib.so"), wrong);
            assertArrayEquals(library, Files.readAllBytes(copy.keep(folder)));
        }
    }

    @Test
    void what_a_power_cut_or_an_older_version_left_is_swept() throws Exception {
        Files.write(folder.resolve("lib.so.part"), new byte[10]);
        Files.write(folder.resolve("lib-old.so"), new byte[10]);
        copy.keep(folder);
        try (Stream<Path> files = Files.list(folder)) {
            assertEquals(1, files.count());
        }
    }

    @Test
    void disk_that_fills_up_leaves_no_part_behind() {
        NativeCopy failing =
                new NativeCopy(
                        "lib.so",
                        () ->
                                new InputStream() {
                                    private int left = 100_000;

                                    @Override
                                    public int read() throws IOException {
                                        if (left == 0) {
                                            throw new IOException("no more");
                                        }
                                        left--;
                                        return 1;
                                    }
                                });
        assertThrows(IOException.class, () -> failing.keep(folder));
        assertFalse(Files.exists(folder.resolve("lib.so.part")));
        assertFalse(Files.exists(folder.resolve("lib.so")));
    }
}
