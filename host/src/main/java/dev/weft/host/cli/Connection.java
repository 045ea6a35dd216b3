package dev.weft.host.cli;

import dev.weft.host.launcher.AgentFile;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of every command that talks to a host. */
final class Connection {
    @Option(
            names = "--data",
            paramLabel = "D",
            description = "Data directory of the host (default: ./.weft).")
    private Path data;

    @Option(
            names = "--url",
            paramLabel = "URL",
            description = "Address of a host elsewhere; needs a key.")
    private String url;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            description = "Access key for --url (default: environment WEFT_KEY).")
    private String key;

    HostClient client() {
        return url == null
                ? HostClient.local(data())
                : HostClient.remote(url, key == null ? System.getenv("WEFT_KEY") : key);
    }

    /** A host at an address, which may also be that of its repository of skills. */
    HostClient client(String address) {
        return HostClient.remote(
                address.replaceFirst("/repository/?$", ""),
                key == null ? System.getenv("WEFT_KEY") : key);
    }

    /** Whether the host is named by its address, and not by its data directory. */
    boolean isRemote() {
        return url != null;
    }

    Path data() {
        return dataDirectory(data, Path.of(""));
    }

    /** The data directory meant: as given, else that of the environment, else as agent.yaml of the folder says (relative to that file),
     * else .weft. */
    static Path dataDirectory(Path given, Path folder) {
        Path chosen = given;
        if (chosen == null) {
            String environment = System.getenv("WEFT_DATA");
            chosen =
                    environment != null && !environment.isBlank()
                            ? Path.of(environment)
                            : configured(folder.toAbsolutePath());
        }
        return chosen.toAbsolutePath().normalize();
    }

    private static Path configured(Path folder) {
        return folder.resolve(AgentFile.read(folder).text("data_dir").orElse(".weft"));
    }
}
