package dev.weft.host.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostConfigurationTest {
    @TempDir Path folder;

    @Test
    void a_host_that_knows_no_registry_is_its_own_unless_it_is_too_small() throws Exception {
        assertEquals("all", role(false, Optional.empty(), Optional.empty()));
        assertEquals("agent", role(false, Optional.empty(), Optional.of("http://there:8700")));
        assertEquals("agent", role(true, Optional.empty(), Optional.empty()));
        assertEquals("agent", role(true, Optional.of("agent"), Optional.empty()));
    }

    @Test
    void a_small_box_cannot_be_told_to_be_a_registry() {
        HostException refused =
                assertThrows(
                        HostException.class,
                        () -> role(true, Optional.of("registry"), Optional.empty()));
        assertEquals(HostException.USAGE, refused.exitCode());
        assertTrue(refused.getMessage().contains("--profile edge"), refused.getMessage());
    }

    @Test
    void a_small_box_has_links_only_while_there_is_something_to_say() throws Exception {
        try (DataDirectory data = DataDirectory.open(folder.resolve("data"))) {
            Files.createDirectories(data.resolve("etc"));
            Files.writeString(data.resolve("etc/logback.xml"), "<configuration/>");
            Map<String, Object> small =
                    configuration(data, true, Optional.empty(), Optional.empty())
                            .configurations(null);
            assertEquals(Map.of("dial", "demand", "idle_seconds", 60), small.get("dev.weft.mesh"));
            Map<String, Object> large =
                    configuration(data, false, Optional.empty(), Optional.empty())
                            .configurations(null);
            assertNull(large.get("dev.weft.mesh"));
        }
    }

    private String role(boolean edge, Optional<String> role, Optional<String> registry)
            throws Exception {
        try (DataDirectory data = DataDirectory.open(folder.resolve("data"))) {
            return configuration(data, edge, role, registry).role();
        }
    }

    private HostConfiguration configuration(
            DataDirectory data, boolean edge, Optional<String> role, Optional<String> registry)
            throws Exception {
        return new HostConfiguration(
                new HostOptions(
                        Optional.empty(),
                        role,
                        registry,
                        0,
                        "127.0.0.1",
                        data.root(),
                        Optional.empty(),
                        edge,
                        false,
                        false,
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        folder),
                data);
    }
}
