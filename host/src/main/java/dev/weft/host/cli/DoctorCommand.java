package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.DeviceCredential;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code weft doctor}: looks at what a host needs, one line each, and says what to do. */
@Command(name = "doctor", description = "Checks what a host needs and says what to do about each.")
final class DoctorCommand extends HostCommand {
    private boolean failed;

    @Override
    void run() throws IOException {
        int java = Runtime.version().feature();
        report("java", java >= 17, "version " + Runtime.version(), "Weft needs Java 17 or newer");
        Path data = connection().data();
        Path existing = data;
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        report(
                "data directory",
                Files.isWritable(existing),
                data.toString(),
                data + " cannot be written; choose another with --data");
        long free = Files.getFileStore(existing).getUsableSpace() >> 20;
        report(
                "disk",
                free > 200,
                free + " MiB free",
                "only " + free + " MiB are free; a host wants 200");
        boolean runs = Files.exists(data.resolve("weft.port"));
        if (runs) {
            host(client());
        } else {
            report(
                    "port " + RunCommand.DEFAULT_PORT,
                    free(RunCommand.DEFAULT_PORT),
                    "free",
                    "in use; start with --port 0");
            registry(data);
        }
        if (failed) {
            throw new HostException(HostException.FAILED, "something needs attention");
        }
    }

    private void host(HostClient client) {
        JsonNode health = client.get("/api/agents").isArray() ? health(client) : null;
        if (health != null) {
            health.path("checks")
                    .properties()
                    .forEach(
                            check ->
                                    report(
                                            check.getKey(),
                                            check.getValue().path("ok").asBoolean(),
                                            "ok",
                                            check.getValue().path("detail").asText()));
        }
    }

    private JsonNode health(HostClient client) {
        try {
            return client.get("/api/health");
        } catch (HostException e) {
            report("host", false, "", "not ready: " + e.getMessage());
            return null;
        }
    }

    private void registry(Path data) throws IOException {
        Optional<DeviceCredential> device = DeviceCredential.read(data);
        if (device.isEmpty()) {
            report("registry", true, "none: this host will be its own", "");
            return;
        }
        for (String url : device.get().registry().split(",")) {
            try {
                HostClient.remote(url.strip(), null).get("/api/health");
                report("registry", true, url.strip(), "");
            } catch (HostException e) {
                report("registry", false, "", e.getMessage());
            }
        }
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void report(String what, boolean ok, String good, String bad) {
        failed |= !ok;
        output().line((ok ? "ok    " : "FAIL  ") + what + ": " + (ok ? good : bad));
    }
}
