package dev.weft.skill.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/**
 * The bundles on the class path of a test.
 *
 * @param bundles main attributes and place of each jar that is a bundle, by symbolic name
 */
record ClassPath(Map<String, Jar> bundles) {
    /** These are bundles of their own in the framework, or no business of a skill. */
    private static final List<String> NOT_SHARED =
            List.of(
                    "org.apache.felix.scr",
                    "org.apache.felix.configadmin",
                    "org.apache.felix.framework",
                    "osgi.core");

    /** A jar.
     * @param location its URL
     * @param exports its Export-Package header; may be null */
    record Jar(String location, String exports) {}

    static ClassPath read() {
        Map<String, Jar> found = new LinkedHashMap<>();
        try {
            for (URL url :
                    Collections.list(
                            ClassPath.class
                                    .getClassLoader()
                                    .getResources("META-INF/MANIFEST.MF"))) {
                String text = url.toString();
                boolean jar = text.startsWith("jar:");
                if (jar || text.startsWith("file:")) {
                    Attributes main = attributes(url);
                    String name = main.getValue("Bundle-SymbolicName");
                    if (name != null) {
                        found.putIfAbsent(
                                name.split(";")[0].strip(),
                                new Jar(
                                        jar
                                                ? text.substring(4, text.indexOf("!/"))
                                                : text.substring(0, text.indexOf("META-INF/")),
                                        main.getValue("Export-Package")));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new ClassPath(found);
    }

    private static Attributes attributes(URL url) throws IOException {
        try (InputStream in = url.openStream()) {
            return new Manifest(in).getMainAttributes();
        }
    }

    String location(String bundle) {
        Jar jar = bundles.get(bundle);
        if (jar == null) {
            throw new IllegalStateException(bundle + " is not on the class path of this test");
        }
        return jar.location();
    }

    /** What the system bundle offers in the host's stead. */
    String systemPackages() {
        StringBuilder packages = new StringBuilder("org.osgi.service.cm;version=1.6.1");
        bundles.forEach(
                (name, jar) -> {
                    if (jar.exports() != null
                            && !NOT_SHARED.contains(name)
                            && !name.startsWith("junit-")
                            && !name.startsWith("org.junit")) {
                        packages.append(',').append(jar.exports());
                    }
                });
        return packages.toString();
    }
}
