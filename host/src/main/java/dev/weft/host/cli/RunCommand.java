package dev.weft.host.cli;

import dev.weft.host.launcher.HostException;
import dev.weft.host.launcher.HostOptions;
import dev.weft.host.launcher.Launcher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code weft run}. */
@Command(name = "run", description = "Starts a host in the foreground; stop it with Ctrl-C.")
final class RunCommand implements Callable<Integer> {
    static final int DEFAULT_PORT = 8700;

    @Option(
            names = "--name",
            paramLabel = "N",
            description =
                    "Label of the agent (default: agent.yaml, the name it was paired under, the machine's name).")
    private String name;

    @Option(
            names = "--role",
            paramLabel = "ROLE",
            description =
                    "all, registry or agent (default: agent if a registry is named or the host is paired, else all).")
    private String role;

    @Option(
            names = "--registry",
            paramLabel = "URL",
            description =
                    "Registry to join; several URLs with commas in between if it is several hosts (default: agent.yaml, the one it was paired with).")
    private String registry;

    @Option(
            names = "--port",
            paramLabel = "P",
            description =
                    "HTTP port; 0 takes a free one and writes it to D/weft.port (default: ${DEFAULT-VALUE}).",
            defaultValue = "" + DEFAULT_PORT)
    private int port;

    @Option(
            names = "--bind",
            paramLabel = "A",
            description = "Address to listen on (default: ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String bind;

    @Option(
            names = "--data",
            paramLabel = "D",
            description = "Data directory (default: data_dir of agent.yaml, else ./.weft).")
    private Path data;

    @Option(
            names = "--deploy",
            paramLabel = "D",
            description =
                    "Deploy folder (default: deploy/ beside agent.yaml, else in the data directory).")
    private Path deploy;

    @Option(
            names = "--profile",
            paramLabel = "P",
            description = "edge: agent, transport, skills and shell only.")
    private String profile;

    @Option(
            names = "--tls-cert",
            paramLabel = "FILE",
            description =
                    "Serves HTTPS: PEM file with the certificate chain, or a PKCS#12 file with chain and key. Plain HTTP stays on loopback.")
    private Path tlsCertificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            description =
                    "PEM file with the private key (PKCS#8). For PKCS#12 leave it out; its password is in WEFT_TLS_PASSWORD.")
    private Path tlsKey;

    @Option(
            names = "--compat-chatixia",
            paramLabel = "KEYS",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "Lets agents and sidecars of chatixia-mesh in by its own, weaker rules; KEYS is its key file (default: keys/chatixia.json in the data directory).")
    private String chatixiaKeys;

    @Option(
            names = "--log-format",
            paramLabel = "F",
            description = "text or json: one JSON document a line (default: ${DEFAULT-VALUE}).",
            defaultValue = "text")
    private String logFormat;

    @Option(names = "--shell", description = "Turns this terminal into a shell of the host.")
    private boolean shell;

    @Option(
            names = "--check",
            description = "Starts, says whether the host is ready, and stops: exit code 0 or 1.")
    private boolean check;

    @Override
    public Integer call() {
        if (profile != null && !profile.equals("edge")) {
            throw new HostException(
                    HostException.USAGE, "no profile \"" + profile + "\"; the only one is edge");
        }
        if (port < 0 || port > 65535) {
            throw new HostException(
                    HostException.USAGE, "port " + port + " does not exist; choose 0 to 65535");
        }
        Path folder = Path.of("").toAbsolutePath();
        Path directory = Connection.dataDirectory(data, folder);
        HostOptions options =
                new HostOptions(
                        Optional.ofNullable(name),
                        Optional.ofNullable(role),
                        Optional.ofNullable(registry),
                        port,
                        bind,
                        directory,
                        Optional.ofNullable(deploy),
                        profile != null,
                        shell,
                        check,
                        tls(),
                        chatixiaKeys(),
                        json(),
                        folder);
        Launcher launcher = new Launcher(options, System.out);
        if (shell) {
            ShellCommand.attachWhenReady(directory, launcher);
        }
        return launcher.run();
    }

    private Optional<String> chatixiaKeys() {
        if (chatixiaKeys == null || chatixiaKeys.isEmpty()) {
            return Optional.ofNullable(chatixiaKeys);
        }
        Path file = Path.of(chatixiaKeys).toAbsolutePath();
        if (!Files.isReadable(file)) {
            throw new HostException(
                    HostException.USAGE, "the key file " + file + " cannot be read");
        }
        return Optional.of(file.toString());
    }

    private boolean json() {
        if (!logFormat.equals("text") && !logFormat.equals("json")) {
            throw new HostException(
                    HostException.USAGE, "--log-format is text or json, not " + logFormat);
        }
        return logFormat.equals("json");
    }

    private Optional<HostOptions.Tls> tls() {
        if (tlsCertificate == null) {
            if (tlsKey != null) {
                throw new HostException(
                        HostException.USAGE, "--tls-key needs the certificate: --tls-cert FILE");
            }
            return Optional.empty();
        }
        for (Path file : new Path[] {tlsCertificate, tlsKey}) {
            if (file != null && !Files.isReadable(file)) {
                throw new HostException(
                        HostException.USAGE, "the file " + file + " cannot be read");
            }
        }
        return Optional.of(
                new HostOptions.Tls(
                        tlsCertificate.toAbsolutePath(),
                        Optional.ofNullable(tlsKey).map(Path::toAbsolutePath)));
    }
}
