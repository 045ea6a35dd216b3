package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules of the house, read from the manifests of the built bundles. */
class ArchitectureIT {
    private static final List<String> LAYERS =
            List.of("ground", "registry", "mesh", "work", "mind", "faces");
    private static final Map<String, String> ROOMS = new HashMap<>();
    private static final Map<String, String> CONTRACTS = new HashMap<>();

    static {
        rooms(
                "ground",
                "configuration",
                "executor",
                "events",
                "health",
                "identity",
                "audit",
                "store");
        rooms("registry", "registry", "signaling", "repository");
        rooms("mesh", "signaling.client", "transport.webrtc", "transport.relay", "mesh");
        rooms("work", "tasks", "skill.runtime", "skill.config", "deploy", "catalog");
        rooms(
                "mind",
                "agent",
                "workflows",
                "llm.router",
                "llm.rules",
                "llm.openai",
                "llm.ollama",
                "llm.anthropic",
                "llm.gemini");
        rooms("faces", "http.api", "shell", "shell.ssh", "ui.web");
        contracts("ground", "identity", "audit", "event", "health", "store", "cluster", "http");
        contracts("registry", "registry", "signaling", "repository");
        contracts("mesh", "mesh");
        contracts("work", "task", "skill", "deploy", "catalog");
        contracts("mind", "llm", "agent");
    }

    private static void rooms(String layer, String... names) {
        for (String name : names) {
            ROOMS.put("dev.weft." + name, layer);
        }
    }

    private static void contracts(String layer, String... names) {
        for (String name : names) {
            CONTRACTS.put("dev.weft.api." + name, layer);
        }
    }

    @Test
    void every_room_has_a_place() throws IOException {
        for (String bundle : manifests().keySet()) {
            if (bundle.startsWith("dev.weft.")
                    && !isContract(bundle)
                    && !bundle.startsWith("dev.weft.lib.")) {
                assertTrue(ROOMS.containsKey(bundle), bundle + " has no layer in this test");
            }
        }
    }

    @Test
    void only_contracts_and_wrapped_libraries_export_and_every_export_has_a_version()
            throws IOException {
        manifests()
                .forEach(
                        (bundle, manifest) ->
                                packages(manifest.getValue("Export-Package"))
                                        .forEach(
                                                (exported, version) -> {
                                                    if (bundle.startsWith("dev.weft.")) {
                                                        assertTrue(
                                                                isContract(bundle)
                                                                        || bundle.startsWith(
                                                                                "dev.weft.lib."),
                                                                bundle + " exports " + exported);
                                                        assertTrue(
                                                                !version.isEmpty()
                                                                        && !version.equals("0.0.0"),
                                                                exported + " has no version");
                                                    }
                                                }));
    }

    @Test
    void rooms_meet_in_contracts_only_and_arrows_point_down() throws IOException {
        List<String> broken = new ArrayList<>();
        manifests()
                .forEach(
                        (bundle, manifest) -> {
                            if (!ROOMS.containsKey(bundle)) {
                                return;
                            }
                            int layer = LAYERS.indexOf(ROOMS.get(bundle));
                            for (String imported :
                                    packages(manifest.getValue("Import-Package")).keySet()) {
                                if (!imported.startsWith("dev.weft.")
                                        || Set.of("dev.weft.protocol", "dev.weft.skill")
                                                .contains(imported)) {
                                    continue;
                                }
                                String contract = CONTRACTS.get(imported);
                                if (contract == null) {
                                    broken.add(
                                            bundle
                                                    + " imports "
                                                    + imported
                                                    + ", which is no contract");
                                } else if (LAYERS.indexOf(contract) > layer) {
                                    broken.add(
                                            bundle
                                                    + " ("
                                                    + ROOMS.get(bundle)
                                                    + ") uses "
                                                    + imported
                                                    + " of the layer "
                                                    + contract
                                                    + " above it");
                                }
                            }
                        });
        assertEquals(List.of(), broken);
    }

    @Test
    void skills_are_leaves_that_export_nothing() throws IOException {
        try (var jars = Files.list(Program.HOME.resolve("skills"))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    Attributes manifest = file.getManifest().getMainAttributes();
                    assertEquals(null, manifest.getValue("Export-Package"), jar.toString());
                    assertTrue(
                            manifest.getValue("Provide-Capability").contains("weft.skill"),
                            jar.toString());
                }
            }
        }
    }

    private static boolean isContract(String bundle) {
        return Set.of("dev.weft.api", "dev.weft.skill.api", "dev.weft.protocol").contains(bundle);
    }

    private static Map<String, Attributes> manifests() throws IOException {
        Map<String, Attributes> all = new TreeMap<>();
        try (var jars = Files.list(Program.HOME.resolve("bundles"))) {
            for (Path jar : (Iterable<Path>) jars::iterator) {
                try (JarFile file = new JarFile(jar.toFile())) {
                    Attributes manifest = file.getManifest().getMainAttributes();
                    String name = manifest.getValue("Bundle-SymbolicName");
                    if (name != null) {
                        all.put(name.split(";")[0].strip(), manifest);
                    }
                }
            }
        }
        assertTrue(all.size() > 20, all.keySet().toString());
        return all;
    }

    private static Map<String, String> packages(String header) {
        Map<String, String> found = new TreeMap<>();
        if (header != null) {
            String unquoted = header.replaceAll("uses:=\"[^\"]*\"", "");
            Matcher clause =
                    Pattern.compile("([\\w.]+)((?:;[^,;\"]*(?:\"[^\"]*\")?)*)(?:,|$)")
                            .matcher(unquoted);
            while (clause.find()) {
                Matcher version = Pattern.compile("version=\"?([^\";]+)").matcher(clause.group(2));
                found.put(clause.group(1), version.find() ? version.group(1) : "");
            }
        }
        return found;
    }
}
