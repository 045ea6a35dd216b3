package dev.weft.llm.router;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Routes: those of the configuration, overlaid by those that were set while the host ran, which are kept in a file. */
final class Routes {
    private static final Logger log = LoggerFactory.getLogger(Routes.class);
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final TypeReference<TreeMap<String, List<String>>> SHAPE =
            new TypeReference<>() {};

    private final JsonMapper mapper = new JsonMapper();
    private final Path file;
    private final Map<String, List<String>> set = new TreeMap<>();
    private volatile Map<String, List<String>> current;

    /** Reads the routes.
     * @param configured lines {@code route=provider,provider}
     * @param file where routes are kept; null to keep none */
    Routes(String[] configured, Path file) {
        this.file = file;
        set.putAll(stored());
        configure(configured);
    }

    /** Takes other configured routes; those that were set while the host ran stay.
     * @param configured lines {@code route=provider,provider} */
    synchronized void configure(String[] configured) {
        Map<String, List<String>> all = new TreeMap<>();
        for (String line : configured == null ? new String[0] : configured) {
            int equals = line.indexOf('=');
            List<String> providers = equals < 0 ? List.of() : split(line.substring(equals + 1));
            if (equals < 0 || !isName(line.substring(0, equals).strip()) || providers.isEmpty()) {
                log.error(
                        "Route '{}' in dev.weft.llm.router is ignored: write it as route=provider,provider",
                        line);
            } else {
                all.put(line.substring(0, equals).strip(), providers);
            }
        }
        all.putAll(set);
        current = Map.copyOf(all);
    }

    static boolean isName(String name) {
        return name != null && NAME.matcher(name).matches();
    }

    /** The routes as they are now.
     * @return by name */
    Map<String, List<String>> all() {
        return current;
    }

    /** Sets a route; it is on disk before it counts.
     * @param route its name
     * @param providers ids, in order
     * @throws UncheckedIOException if it cannot be kept; nothing changes then */
    synchronized void set(String route, List<String> providers) {
        Map<String, List<String>> kept = new TreeMap<>(set);
        kept.put(route, List.copyOf(providers));
        store(kept);
        set.put(route, List.copyOf(providers));
        Map<String, List<String>> all = new TreeMap<>(current);
        all.put(route, List.copyOf(providers));
        current = Map.copyOf(all);
    }

    private Map<String, List<String>> stored() {
        if (file == null || !Files.exists(file)) {
            return Map.of();
        }
        try {
            TreeMap<String, List<String>> read = mapper.readValue(Files.readString(file), SHAPE);
            read.entrySet()
                    .removeIf(
                            entry ->
                                    !isName(entry.getKey())
                                            || entry.getValue() == null
                                            || entry.getValue().isEmpty()
                                            || entry.getValue().contains(null));
            return read;
        } catch (JsonProcessingException | NullPointerException e) {
            log.error(
                    "{} is not the JSON that this host writes, so its routes are not used. Set them again, or mend the file and restart.",
                    file);
        } catch (IOException e) {
            log.error("{} cannot be read, so its routes are not used: {}", file, e.toString());
        }
        return Map.of();
    }

    private void store(Map<String, List<String>> routes) {
        try {
            KeptJson.write(file, mapper, routes);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the route is not changed, because " + file + " cannot be written: " + e, e);
        }
    }

    private static List<String> split(String providers) {
        return Arrays.stream(providers.split(","))
                .map(String::strip)
                .filter(id -> !id.isEmpty())
                .toList();
    }
}
