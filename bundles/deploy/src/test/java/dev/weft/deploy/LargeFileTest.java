package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.deploy.Deployments.State;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

/** Files that are larger than they should be, or say that they are not; and one that goes while it is called. */
class LargeFileTest extends HostTest {
    private static final int MIB = 1 << 20;

    @Test
    void half_a_gigabyte_is_refused_by_its_size_and_what_runs_goes_on() throws Exception {
        echo("1.0.0");
        Path large = home.resolve("large.jar");
        try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
            file.setLength(500L * MIB); // sparse: it takes no room, and reading it would find zeros
        }
        Files.move(large, host.deploy.resolve("large.jar"), StandardCopyOption.ATOMIC_MOVE);
        String reason = reason("large.jar", State.REFUSED);
        assertTrue(reason.contains("64 MiB"), reason);
        says("1.0.0");
        assertTrue(size(home, host.deploy) < 64L * MIB, "no copy of it was staged");
    }

    /** Bytes of all files of a folder but those of another in it, while some come and go. */
    private static long size(Path folder, Path without) throws IOException {
        AtomicLong size = new AtomicLong();
        Files.walkFileTree(
                folder,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes of) {
                        return path.equals(without)
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path path, BasicFileAttributes of) {
                        size.addAndGet(of.size());
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path path, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult postVisitDirectory(Path path, IOException gone) {
                        return FileVisitResult.CONTINUE;
                    }
                });
        return size.get();
    }

    @Test
    void a_bomb_that_says_it_is_small_is_refused_by_what_comes_out_of_it() throws Exception {
        Path bomb = home.resolve("bomb.jar");
        write(bomb);
        assertTrue(Files.size(bomb) < MIB, "it is small: " + Files.size(bomb));
        Refusal refusal = assertThrows(Refusal.class, () -> Audit.entries(bomb));
        assertTrue(refusal.getMessage().contains("512 MiB"), refusal.getMessage());
    }

    /** 600 MiB of zeros in one entry whose headers say 10 bytes. */
    private static void write(Path bomb) throws IOException {
        byte[] zeros = new byte[MIB];
        try (OutputStream out = Files.newOutputStream(bomb);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(new ZipEntry("zeros"));
            for (int i = 0; i < 600; i++) {
                zip.write(zeros);
            }
            zip.closeEntry();
        }
        try (RandomAccessFile file = new RandomAccessFile(bomb.toFile(), "rw")) {
            byte[] all = Files.readAllBytes(bomb);
            for (int at = 0; at + 4 <= all.length; at++) {
                // the uncompressed size in the directory and behind the data
                int size =
                        all[at] == 'P' && all[at + 1] == 'K'
                                ? all[at + 2] == 1 && all[at + 3] == 2
                                        ? at + 24
                                        : all[at + 2] == 7 && all[at + 3] == 8 ? at + 12 : -1
                                : -1;
                if (size > 0) {
                    file.seek(size);
                    file.write(new byte[] {10, 0, 0, 0});
                }
            }
        }
    }

    @Test
    void a_file_that_is_deleted_while_it_is_called_lets_the_call_end() throws Exception {
        echo("1.0.0");
        CountDownLatch began = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<String> running =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return host.say(
                                        text -> {
                                            began.countDown();
                                            hold(go);
                                        });
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertTrue(began.await(60, TimeUnit.SECONDS));
        Files.delete(host.deploy.resolve("echo.jar"));
        soon().until(() -> !says("echo.say", "1.0.0"));
        assertFalse(running.isDone());
        assertEquals(1, host.bundles("test.echo").size(), "its code stays while it runs");
        go.countDown();
        assertEquals("1.0.0", running.get(60, TimeUnit.SECONDS));
        soon().until(() -> host.bundles("test.echo").isEmpty());
    }

    private static void hold(CountDownLatch latch) {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
