package dev.weft.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What shall run, on disk: which release from which file, what ran before it, and what must not be started again. */
final class DesiredState {
    private static final Logger LOG = LoggerFactory.getLogger(DesiredState.class);
    private final ObjectMapper json = new ObjectMapper();
    private final Path path;

    DesiredState(Path path) {
        this.path = path;
    }

    /**
     * Everything.
     *
     * @param releases in the order in which they began
     * @param quarantine contents that hung or failed as they started
     * @param yielded files that gave way to another with the same bundle
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record State(List<Item> releases, List<Quarantine> quarantine, Map<String, Yield> yielded) {
        State {
            releases = releases == null ? List.of() : releases;
            quarantine = quarantine == null ? List.of() : quarantine;
            yielded = yielded == null ? Map.of() : yielded;
        }
    }

    /**
     * One release.
     *
     * @param name of the release
     * @param file it came from
     * @param good what ran, oldest first; the last one shall run
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Item(String name, String file, List<Good> good) {
        Good last() {
            return good.get(good.size() - 1);
        }
    }

    /**
     * A content that worked.
     *
     * @param sha256 in hex
     * @param version of the release
     * @param withdrawn whether somebody rolled back from it
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Good(String sha256, String version, boolean withdrawn) {}

    /**
     * A content that must not be started again.
     *
     * @param sha256 in hex
     * @param file that held it
     * @param modified the file's time, in milliseconds: touching the file asks for another try
     * @param reason for people
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Quarantine(String sha256, String file, long modified, String reason) {}

    /**
     * A file that gave way.
     *
     * @param sha256 of its content, in hex
     * @param to the other file
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Yield(String sha256, String to) {}

    /** Reads what was written last.
     * @return empty if there is none or it cannot be read: then every file is looked at as a new one */
    State read() {
        try {
            return Files.exists(path)
                    ? json.readValue(path.toFile(), State.class)
                    : new State(null, null, null);
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be read, the deploy folder is taken as new: {}",
                    path,
                    e.getMessage());
            return new State(null, null, null);
        }
    }

    void write(State state) {
        try {
            Disk.write(path, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(state));
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", path, e.toString());
        }
    }
}
