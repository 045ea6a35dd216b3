package dev.weft.host.cli;

import dev.weft.api.identity.HostKey;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that changes a repository of skills: which one, and which keys. */
final class RepositoryOptions {
    @Mixin private Connection connection;

    @Option(
            names = "--repository",
            paramLabel = "PLACE",
            description =
                    "A folder, or the address of a registry (default: the registry that --data or --url names).")
    private String place;

    @Option(
            names = "--owner",
            paramLabel = "FILE",
            description =
                    "Key file of the repository in a folder; several if its root wants so (default: the folder's name with .key beside it).")
    private List<Path> owners = List.of();

    @Option(
            names = "--days",
            paramLabel = "N",
            defaultValue = "90",
            description =
                    "Until a folder has to be signed again (default: ${DEFAULT-VALUE}); a registry signs by itself.")
    private int days;

    /** The folder, if it is one. */
    Path folder() {
        return place == null || place.startsWith("http://") || place.startsWith("https://")
                ? null
                : Path.of(place).toAbsolutePath().normalize();
    }

    void folder(Path folder) {
        place = folder.toString();
    }

    HostClient client() {
        return place == null ? connection.client() : connection.client(place);
    }

    /** Where it is, for people. */
    String where() {
        return folder() == null ? client().base().toString() : folder().toString();
    }

    Duration life() {
        if (days < 1 || days > 365) {
            throw new HostException(HostException.USAGE, "--days takes 1 to 365");
        }
        return Duration.ofDays(days);
    }

    HostKey[] owners() {
        return keys(owners.isEmpty() ? List.of(ownerFile()) : owners);
    }

    /** Signs with a further key of the folder's repository too. */
    void also(Path file) {
        List<Path> all = new ArrayList<>(owners.isEmpty() ? List.of(ownerFile()) : owners);
        all.add(file);
        owners = all;
    }

    /** Where the key of a folder's repository is, unless it is named. */
    Path ownerFile() {
        Path folder = folder();
        return owners.isEmpty()
                ? folder.resolveSibling(folder.getFileName() + ".key")
                : owners.get(0);
    }

    /** Reads keys.
     * @throws HostException if one is missing: none is made here */
    static HostKey[] keys(List<Path> files) {
        HostKey[] keys = new HostKey[files.size()];
        for (int i = 0; i < keys.length; i++) {
            Path file = files.get(i);
            if (!Files.isRegularFile(file)) {
                throw new HostException(HostException.USAGE, "there is no key file " + file);
            }
            try {
                keys[i] = HostKey.loadOrCreate(file);
            } catch (IOException e) {
                throw new HostException(HostException.FAILED, e.getMessage());
            }
        }
        return keys;
    }

    /** The time that documents carry: now, or what builds that are to be the same twice set. */
    static Clock clock() {
        String epoch = System.getenv("SOURCE_DATE_EPOCH");
        try {
            return epoch == null || epoch.isBlank()
                    ? Clock.systemUTC()
                    : Clock.fixed(
                            Instant.ofEpochSecond(Long.parseLong(epoch.strip())), ZoneOffset.UTC);
        } catch (NumberFormatException e) {
            throw new HostException(
                    HostException.USAGE, "SOURCE_DATE_EPOCH is no number of seconds: " + epoch);
        }
    }

    /** Where a publisher's key is, unless it is named. */
    static Path keyFile(String namespace) {
        return Path.of(System.getProperty("user.home"), ".weft-keys", namespace + ".key");
    }
}
