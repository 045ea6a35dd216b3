package dev.weft.host.framework;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.ops4j.pax.exam.Option;

/** The bundles of a composition, as the distribution lists them, for a test inside the framework. */
final class Composition {
    private Composition() {}

    /**
     * @param name {@code agent}, {@code edge} …
     * @param data data directory of the test's host
     */
    static Option of(String name, Path data) throws IOException {
        Path dist = Path.of(System.getProperty("weft.dist"));
        List<Option> options = new ArrayList<>();
        for (String jar : Files.readAllLines(dist.resolve("roles").resolve(name + ".list"))) {
            // the backend would meet the logging API that Pax Exam brings, beside its own
            if (!jar.isBlank() && !jar.startsWith("pax-logging-logback")) {
                options.add(
                        bundle(
                                "reference:"
                                        + dist.resolve("bundles").resolve(jar.strip()).toUri()));
            }
        }
        try (var fragments = Files.list(dist.resolve("native"))) {
            fragments.forEach(jar -> options.add(bundle("reference:" + jar.toUri()).noStart()));
        }
        Files.createDirectories(data.resolve("log"));
        System.setProperty("weft.log", data.resolve("log").toString());
        options.add(frameworkProperty("weft.data").value(data.toString()));
        options.add(frameworkProperty("weft.deploy").value(data.resolve("deploy").toString()));
        options.add(frameworkProperty("weft.name").value("framework-test"));
        options.add(frameworkProperty("weft.role").value("agent"));
        options.add(frameworkProperty("weft.version").value("test"));
        options.add(frameworkProperty("org.osgi.framework.bsnversion").value("multiple"));
        options.add(frameworkProperty("org.osgi.service.http.port").value("0"));
        options.add(frameworkProperty("org.apache.felix.http.host").value("127.0.0.1"));
        options.add(
                frameworkProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("ERROR"));
        options.add(junitBundles());
        return composite(options.toArray(Option[]::new));
    }
}
