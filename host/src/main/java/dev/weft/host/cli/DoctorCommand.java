package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.weft.api.identity.DeviceCredential;
import dev.weft.host.doctor.Finding;
import dev.weft.host.doctor.Ice;
import dev.weft.host.doctor.Machine;
import dev.weft.host.doctor.Providers;
import dev.weft.host.doctor.Registry;
import dev.weft.host.launcher.AgentFile;
import dev.weft.host.launcher.DatabaseFile;
import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft doctor}: looks at what a host needs, one line each, and says what to do. */
@Command(name = "doctor", description = "Checks what a host needs and says what to do about each.")
final class DoctorCommand extends HostCommand {
    private static final Path MOUNTS = Path.of("/proc/self/mounts");

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description = "Looks at this registry too (default: the one this host is paired with).")
    private List<String> registries = new ArrayList<>();

    @Option(
            names = "--ice",
            paramLabel = "URL",
            description =
                    "Looks at this STUN or TURN server too (default: those a running host was given).")
    private List<String> ice = new ArrayList<>();

    @Option(
            names = "--port",
            paramLabel = "P",
            defaultValue = "" + RunCommand.DEFAULT_PORT,
            description = "The port that is to be free (default: ${DEFAULT-VALUE}).")
    private int port;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    private final ArrayNode document = Wire.object().putArray("findings");
    private final List<Finding> served = new ArrayList<>();
    private boolean failed;

    @Override
    void run() throws IOException, InterruptedException {
        Path data = connection().data();
        say(Machine.java(Runtime.version()));
        say(webrtc(data));
        Path existing = Machine.existing(data);
        Machine.data(data).forEach(this::say);
        say(Machine.disk(existing.toFile().getUsableSpace() >> 20));
        if (Files.exists(data.resolve("weft.port"))) {
            host(client());
        } else if (Files.exists(data.resolve("run/shell.sock")) && DatabaseFile.isInUse(data)) {
            say(
                    new Finding(
                            "host",
                            true,
                            "it runs, without HTTP",
                            "its own checks: weft shell -c weft:health"));
        } else {
            say(Machine.port(port));
        }
        registries(data);
        for (String url : ice) {
            say(Ice.look(url));
        }
        served.forEach(this::say);
        Providers providers = new Providers(Path.of("").toAbsolutePath(), System::getenv);
        for (Map<String, String> each : AgentFile.read(Path.of("").toAbsolutePath()).providers()) {
            say(providers.look(each));
        }
        if (json) {
            output().json(Wire.object().put("ok", !failed).set("findings", document));
        }
        if (failed) {
            throw new HostException(HostException.FAILED, "something needs attention");
        }
    }

    private static Finding webrtc(Path data) throws IOException {
        return Machine.webrtc(
                Distribution.find().nativeLibrary(),
                List.of(data, Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath()),
                Files.isReadable(MOUNTS) ? Files.readString(MOUNTS) : "");
    }

    private void host(HostClient client) {
        try {
            client.health()
                    .path("checks")
                    .properties()
                    .forEach(
                            check ->
                                    say(
                                            new Finding(
                                                    check.getKey(),
                                                    check.getValue().path("ok").asBoolean(),
                                                    "",
                                                    check.getValue().path("detail").asText())));
        } catch (HostException e) {
            say(new Finding("host", false, "not ready", e.getMessage()));
            return;
        }
        JsonNode servers;
        try {
            servers = client.get("/api/config").path("iceServers");
        } catch (HostException e) {
            return; // an agent's host: the registry has them
        }
        for (JsonNode server : servers) {
            JsonNode urls = server.path("urls");
            for (JsonNode url : urls.isTextual() ? List.of(urls) : urls) {
                served.add(
                        Ice.look(
                                url.asText(),
                                server.path("username").asText(),
                                server.path("credential").asText()));
            }
        }
    }

    private void registries(Path data) throws IOException, InterruptedException {
        DeviceCredential.read(data)
                .ifPresent(device -> registries.addAll(List.of(device.registry().split(","))));
        if (registries.isEmpty()) {
            say(new Finding("registry", true, "none: this host will be its own", ""));
        }
        Registry registry = new Registry(Distribution.version());
        for (String url : registries) {
            registry.look(url.strip()).forEach(this::say);
        }
    }

    private void say(Finding found) {
        failed |= !found.ok();
        if (json) {
            document.add(Wire.node(found));
            return;
        }
        String detail =
                found.detail().isEmpty() || found.advice().isEmpty()
                        ? found.detail() + found.advice()
                        : found.detail() + "; " + found.advice();
        output().line(
                        (found.ok() ? "ok    " : "FAIL  ")
                                + found.what()
                                + ": "
                                + (detail.isEmpty() ? "ok" : detail));
    }
}
