package dev.weft.deploy;

import dev.weft.api.event.Events;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says why a file was refused: in the log, as an event, and in a {@code .error} file beside it. */
final class Reports {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
    private static final String SUFFIX = ".error";
    private final Path folder;
    private final Events events;

    Reports(Path folder, Events events) {
        this.folder = folder;
        this.events = events;
    }

    void refused(String file, String reason) {
        LOG.warn("{} refused: {}", file, reason);
        events.publish("skill.failed", Map.of("file", file, "reason", reason));
        note(file, reason);
    }

    /** Writes the reason beside the file, and no more. */
    void note(String file, String reason) {
        try {
            Files.writeString(folder.resolve(file + SUFFIX), reason + System.lineSeparator());
        } catch (IOException e) {
            LOG.warn("The reason cannot be written beside {}: {}", file, e.toString());
        }
    }

    void clear(String file) {
        try {
            Files.deleteIfExists(folder.resolve(file + SUFFIX));
        } catch (IOException e) {
            LOG.warn("{}{} cannot be deleted: {}", file, SUFFIX, e.toString());
        }
    }

    /** Deletes reasons whose file is gone. */
    void clearOrphans() {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, "*.{jar,zip}" + SUFFIX)) {
            for (Path path : all) {
                String name = path.getFileName().toString();
                if (!Files.exists(
                        folder.resolve(name.substring(0, name.length() - SUFFIX.length())),
                        LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(path);
                }
            }
        } catch (IOException e) {
            LOG.warn("Old reasons in {} cannot be deleted: {}", folder, e.toString());
        }
    }
}
