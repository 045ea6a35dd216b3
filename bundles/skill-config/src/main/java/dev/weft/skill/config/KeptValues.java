package dev.weft.skill.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.SecretFile;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The files that keep what was set, one a PID, mode 0600: secrets may be among it. Used under its owner's lock. */
final class KeptValues {
    private static final Pattern PID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");
    private static final String END = ".json";

    private final Path folder;
    private final Map<String, Map<String, JsonNode>> all = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    /** Reads what is there; a broken file is a problem, not the end. */
    KeptValues(Path folder) {
        this.folder = folder;
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.filter(file -> file.toString().endsWith(END)).sorted().forEach(this::read);
        } catch (IOException e) {
            problems.add(folder + " cannot be read: " + e);
        }
    }

    private void read(Path file) {
        String name = file.getFileName().toString();
        String pid = name.substring(0, name.length() - END.length());
        try {
            Map<String, JsonNode> values = new LinkedHashMap<>();
            Wire.tree(Files.readString(file))
                    .properties()
                    .forEach(member -> values.put(member.getKey(), member.getValue()));
            all.put(pid, values);
        } catch (IOException | ProtocolException e) {
            problems.add(
                    file
                            + " is not used: "
                            + e.getMessage()
                            + "; set the skill's configuration again");
        }
    }

    Map<String, Map<String, JsonNode>> all() {
        return all;
    }

    List<String> problems() {
        return problems;
    }

    Map<String, JsonNode> of(String pid) {
        return all.getOrDefault(pid, Map.of());
    }

    /** Keeps values; they are on disk when this returns.
     * @throws UncheckedIOException if they cannot be kept; nothing changes then */
    void keep(String pid, Map<String, JsonNode> values) {
        if (!PID.matcher(pid).matches()) {
            throw new ProtocolException(
                    "bad_config", "the PID " + Wire.quote(pid) + " cannot name a file");
        }
        ObjectNode json = Wire.object();
        values.forEach(json::set);
        try {
            SecretFile.replace(folder.resolve(pid + END), Wire.write(json));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "nothing is changed, because it cannot be kept: " + e.getMessage(), e);
        }
        all.put(pid, values);
    }
}
