package dev.weft.host.packaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What can be told of the Compose file without a container engine: it parses, and what it refers to is there. */
class ComposeTest {
    private static final Path FOLDER = Path.of("src/main/packaging/docker");

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @Test
    void each_service_waits_for_services_and_mounts_volumes_and_files_that_are_there()
            throws Exception {
        String text = Files.readString(FOLDER.resolve("compose.yaml"));
        // merge keys (<<) are Compose's own; here they may be read as a plain member
        Map<String, Object> root =
                map(new Load(LoadSettings.builder().build()).loadFromString(text));
        Map<String, Object> services = map(root.get("services"));
        Set<String> volumes = map(root.get("volumes")).keySet();
        assertEquals(8, services.size());
        services.forEach(
                (name, value) -> {
                    Map<String, Object> service = map(value);
                    if (service.containsKey("depends_on")) {
                        map(service.get("depends_on"))
                                .forEach(
                                        (other, how) -> {
                                            assertTrue(services.containsKey(other), name);
                                            assertTrue(
                                                    Set.of(
                                                                    "service_healthy",
                                                                    "service_completed_successfully")
                                                            .contains(map(how).get("condition")),
                                                    name);
                                        });
                    }
                    for (Object mount : (List<?>) service.getOrDefault("volumes", List.of())) {
                        String source = mount.toString().split(":")[0];
                        assertTrue(
                                source.startsWith("./")
                                        ? Files.exists(FOLDER.resolve(source))
                                        : volumes.contains(source),
                                name + " mounts " + source);
                    }
                });
        Matcher scripts = Pattern.compile("/opt/weft/docker/([a-z.]+)").matcher(text);
        assertTrue(scripts.find());
        do {
            assertTrue(Files.exists(FOLDER.resolve(scripts.group(1))), scripts.group());
        } while (scripts.find());
    }

    @Test
    void no_secret_is_written_down() throws Exception {
        for (String file : List.of("compose.yaml", "registry.json", "nginx.conf", "Dockerfile")) {
            String text = Files.readString(FOLDER.resolve(file));
            // "public" guards a trust store, which holds no secret
            assertFalse(
                    Pattern.compile(
                                    "(?i)(password|secret|key)\\s*[:=]\\s*[\"']?(?!public)[a-z0-9]{4,}\\b(?!/)")
                            .matcher(text)
                            .find(),
                    file);
        }
    }
}
