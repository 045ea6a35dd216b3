package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.DeviceCredential;
import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.AgentFile;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code weft pair}: shows the code and this host's key to the registry, waits for approval, stores the device token. */
@Command(name = "pair", description = "Joins a mesh with a pairing code and waits for approval.")
final class PairCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofSeconds(1);

    @Parameters(index = "0", paramLabel = "CODE", description = "Six digits, from: weft code")
    private String code;

    @Option(
            names = "--registry",
            required = true,
            paramLabel = "URL",
            description =
                    "Address of the registry; several with commas in between if it is several hosts.")
    private String registry;

    @Option(
            names = "--name",
            paramLabel = "N",
            description = "Label of this host (default: agent.yaml, the machine's name).")
    private String name;

    @Option(
            names = "--data",
            paramLabel = "D",
            description = "Data directory of this host (default: ./.weft).")
    private Path data;

    @Option(
            names = "--wait",
            paramLabel = "S",
            description = "Seconds to wait for approval (default: ${DEFAULT-VALUE}).",
            defaultValue = "600")
    private int wait;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (!code.matches("\\d{6}")) {
            throw new HostException(
                    HostException.USAGE, "a pairing code has six digits, got \"" + code + "\"");
        }
        Path folder = Path.of("").toAbsolutePath();
        Path directory = Connection.dataDirectory(data, folder);
        String label =
                name != null
                        ? name
                        : AgentFile.read(folder).text("name").orElseGet(PairCommand::machine);
        if (!AgentId.isValid(label)) {
            throw new HostException(
                    HostException.USAGE,
                    "name \""
                            + label
                            + "\" is not valid; use 1 to 64 characters a-z 0-9 . _ - and start with a letter or digit");
        }
        HostClient client = HostClient.remote(registry.split(",")[0].strip(), null);
        HostKey key = HostKey.loadOrCreate(directory.resolve("keys/host.key"));
        ObjectNode request =
                Wire.object()
                        .put("code", code)
                        .put("agent_name", label)
                        .put("public_key", key.publicKey());
        byte[] proof =
                key.sign(("weft-pair:" + code + ":" + label).getBytes(StandardCharsets.UTF_8));
        request.put("signature", Base64.getUrlEncoder().withoutPadding().encodeToString(proof));
        JsonNode answer = await(client, request, label);
        AgentId id = new AgentId(answer.path("peer_id").asText());
        new DeviceCredential(
                        client.base().toString(), id, label, answer.path("device_token").asText())
                .write(directory);
        spec.commandLine()
                .getOut()
                .println(
                        "paired as \""
                                + label
                                + "\" ("
                                + id
                                + "); start the host with: weft run --data "
                                + directory);
        return 0;
    }

    private JsonNode await(HostClient client, ObjectNode request, String label) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
        boolean told = false;
        while (true) {
            JsonNode answer = client.post("/api/pairing/pair", request);
            switch (answer.path("status").asText()) {
                case "approved" -> {
                    return answer;
                }
                case "rejected", "revoked" ->
                        throw new HostException(
                                HostException.NOT_ALLOWED,
                                "the registry turned \""
                                        + label
                                        + "\" away ("
                                        + answer.path("status").asText()
                                        + ")");
                default -> {}
            }
            if (!told) {
                spec.commandLine()
                        .getErr()
                        .println(
                                "waiting for approval of \""
                                        + label
                                        + "\"; at the registry: weft approve "
                                        + label);
                told = true;
            }
            if (System.nanoTime() > end) {
                throw new HostException(
                        HostException.FAILED,
                        "nobody approved \""
                                + label
                                + "\" within "
                                + wait
                                + " s; ask for approval and run the same command again while the code is good");
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    private static String machine() {
        try {
            String host =
                    InetAddress.getLocalHost()
                            .getHostName()
                            .toLowerCase(Locale.ROOT)
                            .replaceAll("[^a-z0-9._-]", "-")
                            .replaceAll("^[^a-z0-9]+", "");
            return host.isEmpty() ? "weft" : host.substring(0, Math.min(64, host.length()));
        } catch (IOException e) {
            return "weft";
        }
    }
}
