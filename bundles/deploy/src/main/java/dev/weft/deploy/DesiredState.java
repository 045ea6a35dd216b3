package dev.weft.deploy;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What ran last, on disk: which files, in which order, with which content. */
final class DesiredState {
    private static final Logger LOG = LoggerFactory.getLogger(DesiredState.class);
    private final ObjectMapper json = new ObjectMapper();
    private final Path path;

    DesiredState(Path path) {
        this.path = path;
    }

    /**
     * One file.
     *
     * @param file its name
     * @param sha256 digest of its content, in hex
     * @param bundle symbolic name
     * @param version bundle version
     * @param skills ids it offers
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Item(String file, String sha256, String bundle, String version, Set<String> skills) {}

    /** Reads what was written last.
     * @return empty if there is none or it cannot be read: then every file is looked at as a new one */
    List<Item> read() {
        try {
            List<Item> items =
                    Files.exists(path)
                            ? json.readValue(path.toFile(), new TypeReference<List<Item>>() {})
                            : List.of();
            return items.stream()
                    .filter(item -> item.file() != null && item.sha256() != null)
                    .collect(Collectors.toList());
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be read, the deploy folder is taken as new: {}",
                    path,
                    e.getMessage());
            return List.of();
        }
    }

    void write(List<Item> items) {
        Path part = path.resolveSibling(path.getFileName() + ".part");
        try {
            json.writerWithDefaultPrettyPrinter().writeValue(part.toFile(), items);
            Files.move(
                    part,
                    path,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.warn("{} cannot be written: {}", path, e.toString());
        }
    }
}
