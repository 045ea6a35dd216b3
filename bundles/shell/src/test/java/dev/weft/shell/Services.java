package dev.weft.shell;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/** Services of other bundles, as far as a test needs them. */
final class Services {
    private Services() {}

    /** A service with some methods.
     * @param methods by name: gets the arguments, gives the result */
    static <T> T of(Class<T> type, Map<String, Function<Object[], Object>> methods) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) ->
                                methods.get(method.getName()).apply(arguments)));
    }

    /** Puts a shell script where a distribution has its program. */
    static void program(Path home, String script) throws IOException {
        Path file = Files.createDirectories(home.resolve("bin")).resolve("weft");
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** The command line's program where there is none. */
    static CommandLine noProgram() {
        return new CommandLine(null, Path.of("nowhere"), Duration.ofSeconds(30));
    }
}
