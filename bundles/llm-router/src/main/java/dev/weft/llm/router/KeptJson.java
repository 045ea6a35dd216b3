package dev.weft.llm.router;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a file whole or not at all. */
final class KeptJson {
    private KeptJson() {}

    /** Replaces a file.
     * @param file null to keep nothing
     * @param mapper writes the value
     * @param value as JSON
     * @throws IOException if it cannot be written; the old file stays */
    static void write(Path file, JsonMapper mapper, Object value) throws IOException {
        if (file == null) {
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(fresh, mapper.writerWithDefaultPrettyPrinter().writeValueAsString(value));
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
