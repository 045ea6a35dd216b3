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
        String surroundings = System.getenv("WEFT_DATA");
        Path named =
                given == null && surroundings != null && !surroundings.isBlank()
                        ? Path.of(surroundings)
                        : given;
        Path chosen =
                named != null
                        ? named
                        : folder.toAbsolutePath()
                                .resolve(
                                        AgentFile.read(folder.toAbsolutePath())
                                                .text("data_dir")
                                                .orElse(".weft"));
        return chosen.toAbsolutePath().normalize();
    }
}
