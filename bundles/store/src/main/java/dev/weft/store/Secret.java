package dev.weft.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** A secret that the configuration names, but never holds. */
final class Secret {
    private Secret() {}

    /** Reads a secret.
     * @param file path of a file that holds it, "" if none
     * @param variable name of an environment variable that holds it, "" if none
     * @param environment the process's environment
     * @return "" if neither is named
     * @throws IllegalStateException if what is named is not there */
    static String read(String file, String variable, UnaryOperator<String> environment) {
        if (!file.isBlank()) {
            try {
                return Files.readString(Path.of(file.strip())).strip();
            } catch (IOException | IllegalArgumentException e) {
                throw new IllegalStateException(
                        "dev.weft.store: the password cannot be read from "
                                + file
                                + " ("
                                + e.getClass().getSimpleName()
                                + "); check password_file",
                        e);
            }
        }
        if (variable.isBlank()) {
            return "";
        }
        String value = environment.apply(variable.strip());
        if (value == null || value.isBlank()) {
            throw new IllegalStateException(
                    "dev.weft.store: the environment variable "
                            + variable
                            + " that password_env names is not set");
        }
        return value.strip();
    }
}
