package dev.weft.shell;

import java.lang.reflect.Proxy;
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
}
