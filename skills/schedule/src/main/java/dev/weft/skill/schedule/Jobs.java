package dev.weft.skill.schedule;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.TypeFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.weft.api.identity.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * The file of jobs, the only truth about them. While a skill is replaced, two versions of it look at the file: each change is made
 * under a lock of the file system, so a run is claimed by one of them. Thread-safe.
 */
final class Jobs {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
    private static final TypeReference<List<Job>> SHAPE = new TypeReference<>() {};

    private final JsonMapper json =
            JsonMapper.builder()
                    .typeFactory(
                            TypeFactory.defaultInstance()
                                    .withClassLoader(Jobs.class.getClassLoader()))
                    .addModules(new Jdk8Module(), new JavaTimeModule())
                    .disable(
                            SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                            SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                    .build();
    private final Path file;
    private final Path lock;

    Jobs(Path folder) {
        file = folder.resolve("jobs.json");
        lock = folder.resolve("jobs.lock");
    }

    List<Job> read() {
        try {
            return Files.exists(file) ? json.readValue(Files.readString(file), SHAPE) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    file + " cannot be read; mend it or move it away: " + e.getMessage(), e);
        }
    }

    /** Changes the jobs; they are on disk when this returns.
     * @param change gets those there are, and gives those there shall be; the same list changes nothing */
    synchronized void change(UnaryOperator<List<Job>> change) {
        try {
            Files.createDirectories(file.getParent());
            try (FileChannel channel =
                    FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(channel);
                List<Job> before = read();
                List<Job> after = change.apply(before);
                if (after != before) {
                    SecretFile.replace(file, json.writeValueAsString(after));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the schedule cannot be kept: " + e.getMessage(), e);
        }
    }

    /** The channel's end gives the lock back. */
    private static void lock(FileChannel channel) throws IOException {
        long end = System.nanoTime() + PATIENCE;
        while (true) {
            try {
                channel.lock();
                return;
            } catch (OverlappingFileLockException otherVersion) {
                if (System.nanoTime() > end) {
                    throw new IOException(
                            "another version of this skill holds the schedule", otherVersion);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }
}
