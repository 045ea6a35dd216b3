package dev.weft.llm.router;

import java.lang.reflect.Proxy;
import java.util.Map;

/** A configuration that has its defaults where a test says nothing. */
final class TestConfig {
    private TestConfig() {}

    static RouterConfig of(Map<String, Object> values) {
        return (RouterConfig)
                Proxy.newProxyInstance(
                        TestConfig.class.getClassLoader(),
                        new Class<?>[] {RouterConfig.class},
                        (proxy, method, arguments) ->
                                values.getOrDefault(
                                        method.getName().replace("__", "_"),
                                        method.getDefaultValue()));
    }
}
