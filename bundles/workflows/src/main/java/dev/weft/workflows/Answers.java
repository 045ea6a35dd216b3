package dev.weft.workflows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What supervisors of durable runs said, so that a run that is begun again after a crash does not ask them again. One file an
 * answer, dated by the deadline of its run, after which it is of no use. Thread-safe.
 */
@Component(service = Answers.class)
public final class Answers {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final Duration LATE = Duration.ofHours(1);
    private final Path folder;

    /** Made by Declarative Services; drops what is of no use any more.
     * @param context tells the data folder */
    @Activate
    public Answers(BundleContext context) {
        this(Path.of(context.getProperty("weft.data"), "workflow-answers"));
    }

    Answers(Path folder) {
        this.folder = folder;
        dropOld();
    }

    /** What was said.
     * @param key of the step
     * @return empty if nothing was, or it cannot be read: then it is asked again */
    Optional<String> find(String key) {
        try {
            Path file = folder.resolve(key);
            return Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty();
        } catch (IOException e) {
            LOG.warn("What a supervisor said is lost, it is asked again: {}", e.toString());
            return Optional.empty();
        }
    }

    /** Remembers what was said. If that fails, only a crash shows it: the supervisor is asked again then.
     * @param key of the step
     * @param answer the text
     * @param deadline of the run */
    void keep(String key, String answer, Instant deadline) {
        try {
            Files.createDirectories(folder);
            Path fresh = folder.resolve(key + ".new");
            Files.writeString(fresh, answer);
            Files.setLastModifiedTime(fresh, FileTime.from(deadline));
            Files.move(fresh, folder.resolve(key), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("What a supervisor said is not kept for a restart: {}", e.toString());
        }
        dropOld();
    }

    private void dropOld() {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Instant old = Instant.now().minus(LATE);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(old)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException e) {
            LOG.warn("Old answers of supervisors are not dropped: {}", e.toString());
        }
    }
}
