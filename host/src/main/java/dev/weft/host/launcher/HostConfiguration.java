package dev.weft.host.launcher;

import dev.weft.protocol.AgentId;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Turns options, {@code agent.yaml} and the pairing into framework properties and configuration files. Options win, then the file, then the pairing. */
final class HostConfiguration {
    private static final int EDGE_SECONDS = 15;
    private static final int EDGE_IDLE_SECONDS = 60;
    private static final List<String> ROLES = List.of("all", "registry", "agent");

    private final HostOptions options;
    private final DataDirectory data;
    private final AgentFile file;
    private final Pairing pairing;

    HostConfiguration(HostOptions options, DataDirectory data) throws IOException {
        this.options = options;
        this.data = data;
        this.file = AgentFile.read(options.folder());
        if (!file.errors().isEmpty()) {
            throw new HostException(
                    HostException.USAGE, String.join(System.lineSeparator(), file.errors()));
        }
        this.pairing = Pairing.read(data.resolve("keys/device.json"));
    }

    /** {@code all} unless this host was told of another registry, or is too small to be one. */
    String role() {
        String role =
                options.role().orElse(options.edge() || registry().isPresent() ? "agent" : "all");
        if (!ROLES.contains(role)) {
            throw new HostException(
                    HostException.USAGE,
                    "no role \"" + role + "\"; roles are all, registry, agent");
        }
        if (options.edge() && !role.equals("agent")) {
            throw new HostException(
                    HostException.USAGE,
                    "the edge profile has no registry in it: leave --role "
                            + role
                            + " away, or --profile edge");
        }
        return role;
    }

    String composition() {
        return options.edge() ? "edge" : role().equals("all") ? "all-in-one" : role();
    }

    Optional<String> registry() {
        Optional<String> registry =
                options.registry().or(() -> file.text("registry")).or(() -> pairing.registry());
        registry.filter(url -> !AgentFile.isRegistry(url))
                .ifPresent(
                        url -> {
                            throw new HostException(
                                    HostException.USAGE,
                                    "registry \""
                                            + url
                                            + "\" is not a URL; give --registry http://host:8700");
                        });
        return registry;
    }

    Optional<String> name() {
        Optional<String> name = options.name().or(() -> file.text("name")).or(() -> pairing.name());
        name.filter(label -> !AgentId.isValid(label))
                .ifPresent(
                        label -> {
                            throw new HostException(
                                    HostException.USAGE,
                                    "name \""
                                            + label
                                            + "\" is not valid; use 1 to 64 characters a-z 0-9 . _ - and start with a letter or digit");
                        });
        return name;
    }

    Path deploy() {
        Path ownFolder =
                file.exists() ? options.folder().resolve("deploy") : data.resolve("deploy");
        return options.deploy().orElse(ownFolder).toAbsolutePath().normalize();
    }

    /** Where workflows are: beside {@code agent.yaml}, or in the data folder. */
    private Path workflows() {
        return (file.exists() ? options.folder() : data.root())
                .resolve("workflows")
                .toAbsolutePath()
                .normalize();
    }

    Path etc() {
        return data.resolve("etc");
    }

    /** Properties of the framework. */
    Map<String, String> properties(Distribution distribution) throws IOException {
        Map<String, String> properties = new HashMap<>();
        properties.put("weft.data", data.root().toString());
        properties.put("weft.deploy", deploy().toString());
        properties.put("weft.workflows", workflows().toString());
        properties.put("weft.role", role());
        properties.put("weft.version", Distribution.version());
        name().ifPresent(name -> properties.put("weft.name", name));
        properties.put(
                "weft.configuration",
                String.join(File.pathSeparator, configurationFiles(distribution)));
        properties.put("org.osgi.framework.storage", data.resolve("cache/bundles").toString());
        properties.put("org.osgi.framework.storage.clean", "onFirstInit");
        properties.put("org.osgi.framework.bsnversion", "multiple");
        properties.put(
                "org.osgi.framework.startlevel.beginning", Integer.toString(Launcher.LAST_LEVEL));
        properties.put("felix.cm.dir", data.resolve("cache/configuration").toString());
        properties.put("felix.log.level", "0");
        properties.put("ds.loglevel", "warn");
        properties.put(
                "gosh.args",
                "--nointeractive"); // the terminal belongs to the launcher; shells attach over the
        // socket
        properties.put("org.ops4j.pax.logging.DefaultServiceLog.level", "ERROR");
        boolean tls = options.tls().isPresent(); // plain HTTP is for this machine only then
        properties.put("org.osgi.service.http.port", Integer.toString(tls ? 0 : options.port()));
        properties.put("org.apache.felix.http.host", tls ? "127.0.0.1" : options.bind());
        properties.put("org.apache.felix.jetty.websocket.enable", "true");
        properties.put("org.eclipse.jetty.servlet.SessionCookie", "none");
        return properties;
    }

    private List<String> configurationFiles(Distribution distribution) throws IOException {
        Path derived = data.resolve("run/configuration.json");
        Files.writeString(derived, JsonText.of(configurations(distribution)));
        List<String> files = new ArrayList<>(List.of(derived.toString()));
        Files.createDirectories(etc());
        try (Stream<Path> own = Files.list(etc())) {
            own.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .map(Path::toString)
                    .forEach(files::add);
        }
        return files;
    }

    Map<String, Object> configurations(Distribution distribution) {
        Map<String, Object> all = new LinkedHashMap<>();
        Path logback = etc().resolve("logback.xml");
        Path log =
                Files.exists(logback)
                        ? logback
                        : distribution
                                .home()
                                .resolve(
                                        options.jsonLogs()
                                                ? "etc/logback-json.xml"
                                                : "etc/logback.xml");
        all.put(
                "org.ops4j.pax.logging",
                Map.of("org.ops4j.pax.logging.logback.config.file", log.toString()));
        List<String> labels =
                file.map("labels").entrySet().stream()
                        .map(label -> label.getKey() + "=" + label.getValue())
                        .toList();
        String registry = role().equals("agent") ? registry().orElse("") : "local";
        Map<String, Object> signaling =
                new HashMap<>(Map.of("registry", registry, "labels", labels));
        Map<String, Object> runtime =
                new HashMap<>(Map.of("disabled", file.texts("skills.disabled")));
        if (options.edge()) { // a small box sleeps between its heartbeats
            signaling.put("network_seconds", EDGE_SECONDS);
            runtime.put("health_seconds", EDGE_SECONDS);
            all.put("dev.weft.health", Map.of("interval.ms", EDGE_SECONDS * 1000));
            // an open link wakes the processor 30 times a second, a closed one never
            all.put("dev.weft.mesh", Map.of("dial", "demand", "idle_seconds", EDGE_IDLE_SECONDS));
        }
        all.put("dev.weft.skill.runtime", runtime);
        all.put("dev.weft.signaling.client", signaling);
        options.tls().ifPresent(tls -> all.put("dev.weft.http.tls", https(tls)));
        options.chatixiaKeys()
                .ifPresent(
                        keys ->
                                all.put(
                                        "dev.weft.compat",
                                        Map.of("chatixia", true, "keys_file", keys)));
        all.put("dev.weft.agent", agent());
        List<String> permissions =
                file.map("permissions").entrySet().stream()
                        .map(rule -> rule.getKey() + "=" + rule.getValue())
                        .toList();
        if (!permissions.isEmpty()) {
            all.put("dev.weft.tasks", Map.of("permissions", permissions));
        }
        LlmEntries llm = file.llm();
        all.put(
                "dev.weft.llm.router",
                Map.of("routes", llm.routes(), "cache", llm.caches(), "budgets", llm.budgets()));
        providers()
                .forEach(
                        provider ->
                                all.put(
                                        "dev.weft.llm."
                                                + provider.getOrDefault("type", "openai")
                                                + "~"
                                                + provider.get("id"),
                                        provider));
        return all;
    }

    private Map<String, Object> https(HostOptions.Tls tls) {
        return Map.of(
                "certificate", tls.certificate().toString(),
                "key", tls.key().map(Path::toString).orElse(""),
                "bind", options.bind(),
                "port", options.port());
    }

    private Map<String, Object> agent() {
        Map<String, Object> agent = new LinkedHashMap<>();
        file.text("prompt").ifPresent(prompt -> agent.put("prompt", prompt));
        file.number("max_turns").ifPresent(turns -> agent.put("max_turns", turns));
        file.number("context_window").ifPresent(tokens -> agent.put("context_window", tokens));
        Path about = options.folder().resolve("AGENT.md");
        if (Files.exists(about)) {
            agent.put("prompt_file", about.toAbsolutePath().toString());
        }
        return agent;
    }

    /** The listed providers; the reference's single {@code provider} and {@code model} count as one. */
    private List<Map<String, String>> providers() {
        List<Map<String, String>> all = new ArrayList<>(file.providers());
        Optional<String> type = file.text("provider").filter(AgentFile.PROVIDER_TYPES::contains);
        if (all.isEmpty() && type.isPresent()) {
            Map<String, String> single =
                    new HashMap<>(Map.of("id", type.get(), "type", type.get()));
            file.text("model").ifPresent(model -> single.put("model", model));
            all.add(single);
        }
        all.removeIf(provider -> provider.getOrDefault("type", "openai").equals("rules"));
        return all;
    }

    /** Copies the skills that {@code agent.yaml} wants from those that ship with Weft into the deploy folder. */
    void placeBuiltinSkills(Distribution distribution) throws IOException {
        Files.createDirectories(deploy());
        List<String> disabled = file.texts("skills.disabled");
        for (String id : file.texts("skills.builtin")) {
            Path source = distribution.skill(id);
            Path target = deploy().resolve(id + ".jar");
            if (disabled.contains(id) || Files.exists(target)) {
                continue;
            }
            if (!Files.exists(source)) {
                throw new HostException(
                        HostException.USAGE,
                        "agent.yaml wants the skill \""
                                + id
                                + "\", which does not ship with Weft; remove it from skills.builtin or drop its jar into "
                                + deploy());
            }
            Path part = deploy().resolve("." + id + ".jar.part");
            Files.copy(source, part, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, target, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        }
    }
}
