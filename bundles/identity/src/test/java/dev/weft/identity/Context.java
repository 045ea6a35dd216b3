package dev.weft.identity;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.BundleContext;

/** A bundle context that knows framework properties. */
final class Context {
    private Context() {}

    static BundleContext of(Path data, String... pairs) {
        Map<String, String> properties = new HashMap<>();
        if (data != null) {
            properties.put("weft.data", data.toString());
        }
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put(pairs[i], pairs[i + 1]);
        }
        return (BundleContext)
                Proxy.newProxyInstance(
                        Context.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("getProperty")) {
                                return properties.get((String) arguments[0]);
                            }
                            throw new UnsupportedOperationException(method.getName());
                        });
    }
}
