package dev.weft.skill.runtime;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which skills are switched off: as configured, unless a person said otherwise, which is kept in a file. Thread-safe. */
final class Switches {
    private static final Logger LOG = LoggerFactory.getLogger(Switches.class);
    private static final TypeReference<TreeMap<String, Boolean>> SHAPE = new TypeReference<>() {};

    private final JsonMapper mapper = new JsonMapper();
    private final Path file;
    private volatile Map<String, Boolean> said;
    private volatile Set<String> configured;

    /** Reads the file.
     * @param configured ids that are off unless a person said otherwise
     * @param file where it is kept; null to keep nothing */
    Switches(Set<String> configured, Path file) {
        this.configured = Set.copyOf(configured);
        this.file = file;
        this.said = read();
    }

    void configure(Set<String> ids) {
        configured = Set.copyOf(ids);
    }

    boolean isOn(String id) {
        Boolean decided = said.get(id);
        return decided != null ? decided : !configured.contains(id);
    }

    /** Switches; it is on disk before it counts.
     * @throws UncheckedIOException if it cannot be kept; nothing changes then */
    synchronized void set(String id, boolean on) {
        Map<String, Boolean> changed = new TreeMap<>(said);
        if (on && !configured.contains(id)) {
            changed.remove(id);
        } else {
            changed.put(id, on);
        }
        try {
            write(changed);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the skill is not switched, because " + file + " cannot be written: " + e, e);
        }
        said = Map.copyOf(changed);
    }

    private void write(Map<String, Boolean> changed) throws IOException {
        if (file != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, mapper.writeValueAsString(changed));
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Map<String, Boolean> read() {
        if (file == null || !Files.exists(file)) {
            return Map.of();
        }
        try {
            return Map.copyOf(mapper.readValue(Files.readString(file), SHAPE));
        } catch (IOException | NullPointerException e) {
            LOG.error(
                    "{} cannot be read, so only skills that the configuration names are off: {}",
                    file,
                    e.toString());
            return Map.of();
        }
    }
}
