package dev.weft.llm.provider;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Where the key of a provider comes from. It is looked up for each request, so a new key counts at once. */
final class ApiKey {
    private static final long LONGEST = 16 << 10;

    private final String variable;
    private final String file;
    private final boolean needed;
    private final UnaryOperator<String> environment;

    /** Says where to look.
     * @param variable name of an environment variable; may be empty
     * @param file path of a file; may be empty
     * @param server the server's address: one on this machine or this network needs no key
     * @param environment looks a variable up */
    ApiKey(String variable, String file, URI server, UnaryOperator<String> environment) {
        String host = server.getHost();
        this.variable = variable.strip();
        this.file = file.strip();
        this.needed = !isLocal(host);
        this.environment = environment;
    }

    /** The key now.
     * @return empty if there is none */
    Optional<String> value() {
        String fromEnvironment = variable.isEmpty() ? null : environment.apply(variable);
        if (fromEnvironment != null && !fromEnvironment.isBlank()) {
            return Optional.of(fromEnvironment.strip());
        }
        try {
            Path path = file.isEmpty() ? null : Path.of(file);
            if (path != null && Files.isRegularFile(path) && Files.size(path) <= LONGEST) {
                return Optional.of(Files.readString(path).strip()).filter(key -> !key.isEmpty());
            }
        } catch (IOException | RuntimeException unreadable) {
            // Said by problem(); the exception's text could hold what the file holds.
        }
        return Optional.empty();
    }

    /** What is wrong with the key.
     * @return empty if it is there or not needed */
    Optional<String> problem() {
        if (!needed || value().isPresent()) {
            return Optional.empty();
        }
        if (variable.isEmpty() && file.isEmpty()) {
            return Optional.of(
                    "no API key: name an environment variable in api_key_env or a file in api_key_file");
        }
        String where =
                variable.isEmpty()
                        ? "put it into the file " + file
                        : file.isEmpty()
                                ? "set the environment variable "
                                        + variable
                                        + " and restart the host"
                                : "set the environment variable "
                                        + variable
                                        + " and restart the host, or put it into the file "
                                        + file;
        return Optional.of("no API key: " + where);
    }

    /** Names are judged as they are written: a look-up could block. */
    static boolean isLocal(String host) {
        if (host == null) {
            return false;
        }
        return !host.contains(".") && !host.contains(":")
                || host.endsWith(".local")
                || host.endsWith(".localhost")
                || host.endsWith(".internal")
                || host.equals("[::1]")
                || host.matches(
                        "127\\.[\\d.]+|10\\.[\\d.]+|192\\.168\\.[\\d.]+|169\\.254\\.[\\d.]+|172\\.(1[6-9]|2\\d|3[01])\\.[\\d.]+");
    }
}
