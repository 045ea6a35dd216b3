package dev.weft.configuration;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

class ConfigurationFilesTest {
    @TempDir Path folder;

    private final Map<String, Dictionary<String, ?>> applied = new HashMap<>();

    @Test
    void later_file_wins_key_by_key_and_types_are_kept() throws IOException {
        Path first =
                write(
                        "a.json",
                        "{\":configurator:resource-version\":1,\"x\":{\"text\":\"a\",\"number\":5,\"flag\":true}}");
        Path second =
                write(
                        "b.json",
                        "{\"x\":{\"text\":\"b\",\"list\":[\"p\",\"q\"]},\"f~one\":{\"ratio\":0.5}}");
        ConfigurationFiles files = open(first + File.pathSeparator + second);
        assertTrue(files.check().ok());
        assertEquals("b", applied.get("x").get("text"));
        assertEquals(5L, applied.get("x").get("number"));
        assertEquals(true, applied.get("x").get("flag"));
        assertArrayEquals(new String[] {"p", "q"}, (String[]) applied.get("x").get("list"));
        assertEquals(0.5, applied.get("f~one").get("ratio"));
    }

    @Test
    void malformed_file_is_named_with_its_place_and_the_others_still_count() throws IOException {
        Path bad = write("bad.json", "{\"x\":\n  {,}}");
        Path wrong = write("wrong.json", "{\"y\":5,\"z\":{\"deep\":{}}}");
        Path good = write("good.json", "{\"x\":{\"text\":\"a\"}}");
        ConfigurationFiles files =
                open(bad + File.pathSeparator + wrong + File.pathSeparator + good);
        assertFalse(files.check().ok());
        assertTrue(files.check().blocking());
        String detail = files.check().detail();
        assertTrue(detail.contains("bad.json") && detail.contains("line 2"), detail);
        assertTrue(detail.contains("\"y\" must be an object"), detail);
        assertTrue(detail.contains("\"z.deep\" must be text"), detail);
        assertEquals("a", applied.get("x").get("text"));
    }

    private Path write(String name, String json) throws IOException {
        return Files.writeString(folder.resolve(name), json);
    }

    private ConfigurationFiles open(String list) {
        BundleContext context = proxy(BundleContext.class, (method, arguments) -> list);
        ConfigurationAdmin admin =
                proxy(
                        ConfigurationAdmin.class,
                        (method, arguments) ->
                                method.equals("getFactoryConfiguration")
                                        ? configuration(arguments[0] + "~" + arguments[1])
                                        : configuration((String) arguments[0]));
        return new ConfigurationFiles(context, admin);
    }

    @SuppressWarnings("unchecked")
    private Configuration configuration(String pid) {
        return proxy(
                Configuration.class,
                (method, arguments) -> {
                    applied.put(pid, (Dictionary<String, ?>) arguments[0]);
                    return true;
                });
    }

    private interface Call {
        Object answer(String method, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Call call) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (self, method, arguments) -> call.answer(method.getName(), arguments)));
    }
}
