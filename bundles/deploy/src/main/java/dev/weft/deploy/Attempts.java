package dev.weft.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Contents that are being started for the first time, one small file each, so that one that ends the whole host is found out. Used on the loop only. */
final class Attempts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);
    private final Path folder;
    private final Set<String> mine = new HashSet<>();

    Attempts(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
    }

    /** How many runs of the host ended while this content was starting. */
    int deaths(String sha256) {
        try {
            String text = Files.readString(folder.resolve(sha256)).strip();
            return text.matches("[0-9]{1,4}") ? Integer.parseInt(text) : 0;
        } catch (IOException none) {
            return 0;
        }
    }

    void begin(String sha256) {
        try {
            int deaths = deaths(sha256) + 1;
            Files.write(
                    folder.resolve(sha256),
                    Integer.toString(deaths).getBytes(StandardCharsets.US_ASCII));
            mine.add(sha256);
        } catch (IOException e) {
            LOG.warn("The start of {} cannot be noted: {}", sha256, e.toString());
        }
    }

    /** The host outlived it. */
    void end(String sha256) {
        mine.remove(sha256);
        try {
            Disk.delete(folder.resolve(sha256));
        } catch (IOException e) {
            LOG.warn("The note of the start of {} cannot be deleted: {}", sha256, e.toString());
        }
    }

    /** The host stops as it should: what is still starting is not to blame. */
    @Override
    public void close() {
        Set.copyOf(mine).forEach(this::end);
    }
}
