package dev.weft.shell;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
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

    /** The command line's program where there is none. */
    static CommandLine noProgram() {
        return new CommandLine(null, Path.of("nowhere"), Duration.ofSeconds(30));
    }
}
