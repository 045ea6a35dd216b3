package dev.weft.deploy;

import aQute.bnd.osgi.Jar;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.Wire;
import dev.weft.skill.TaskContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.util.tracker.ServiceTracker;

/**
 * A Felix with the component runtime, skill-runtime and deploy, and further bundles if wanted; contracts and libraries come from the
 * test's class path.
 */
public final class Host {
    /** The deploy folder. */
    public final Path deploy;

    /** The data folder. */
    public final Path data;

    /** What was published. */
    public final List<String> events = new CopyOnWriteArrayList<>();

    private final Framework framework;
    private final Skills skills;
    private Bundle deployBundle;

    Host(Path home, String... settings) throws Exception {
        this(home, List.of(), context -> {}, settings);
    }

    /** Starts.
     * @param home of all its files
     * @param more classes of further bundles
     * @param services registers what they need
     * @param settings of the deploy folder
     * @throws Exception if it does not start */
    public Host(Path home, List<String> more, Consumer<BundleContext> services, String... settings)
            throws Exception {
        deploy = home.resolve("deploy");
        data = home.resolve("data");
        Map<String, String> properties = new HashMap<>();
        properties.put(Constants.FRAMEWORK_STORAGE, home.resolve("cache").toString());
        properties.put(
                Constants.FRAMEWORK_STORAGE_CLEAN, Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT);
        properties.put(Constants.FRAMEWORK_BSNVERSION, Constants.FRAMEWORK_BSNVERSION_MULTIPLE);
        properties.put(Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, packages());
        properties.put("weft.deploy", deploy.toString());
        properties.put("weft.data", data.toString());
        properties.put("felix.log.level", "1");
        properties.put("ds.loglevel", "0");
        properties.put("felix.cm.dir", home.resolve("config").toString());
        Path config =
                Files.createDirectories(home.resolve("config/dev/weft")).resolve("deploy.config");
        List<String> lines = new ArrayList<>(List.of("service.pid=\"dev.weft.deploy\""));
        if (Arrays.stream(settings).noneMatch(setting -> setting.startsWith("start_seconds="))) {
            lines.add("start_seconds=I\"60\""); // what starts, starts on a busy machine too
        }
        lines.addAll(List.of(settings));
        Files.write(config, lines);
        framework =
                ServiceLoader.load(FrameworkFactory.class)
                        .findFirst()
                        .orElseThrow()
                        .newFramework(properties);
        framework.start();
        BundleContext context = framework.getBundleContext();
        context.registerService(Events.class, new Journal(), null);
        services.accept(context);
        List<String> jars =
                List.of(
                        "org.apache.felix.cm.impl.ConfigurationManager",
                        "org.osgi.util.function.Function",
                        "org.osgi.util.promise.Promise",
                        "org.osgi.service.component.ComponentContext",
                        "org.apache.felix.scr.impl.Activator",
                        "dev.weft.skill.runtime.SkillRuntime");
        for (String type : jars) {
            start(type);
        }
        skills = service(Skills.class);
        deployBundle = start(DeployFolder.class.getName());
        for (String type : more) {
            start(type);
        }
    }

    private Bundle start(String type) throws Exception {
        Bundle bundle =
                framework.getBundleContext().installBundle("reference:" + place(type).toUri());
        bundle.start();
        return bundle;
    }

    private static Path place(String type) throws Exception {
        return Path.of(
                Class.forName(type, false, Host.class.getClassLoader())
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI());
    }

    Bundle deployBundle() {
        return deployBundle;
    }

    private static String packages() throws Exception {
        StringBuilder weft = new StringBuilder();
        for (String type :
                List.of(
                        "dev.weft.api.event.Events",
                        "dev.weft.protocol.Wire",
                        "dev.weft.skill.Skill")) {
            weft.append(',').append(exports(type));
        }
        String jackson =
                List.of(
                                "annotation",
                                "core",
                                "core.type",
                                "databind",
                                "databind.cfg",
                                "databind.introspect",
                                "databind.json",
                                "databind.node",
                                "databind.type",
                                "databind.util",
                                "datatype.jdk8",
                                "datatype.jsr310")
                        .stream()
                        .map(p -> ",com.fasterxml.jackson." + p + ";version=2.22.1")
                        .reduce("", String::concat);
        return "org.slf4j;version=2.0.17,dev.langchain4j.agent.tool;version=1.18.1,"
                + "dev.langchain4j.model.output.structured;version=1.18.1"
                + weft
                + jackson;
    }

    /** What the bundle of a class exports, as its manifest says. */
    private static String exports(String type) throws Exception {
        try (Jar jar = new Jar(place(type).toFile())) {
            String header = jar.getManifest().getMainAttributes().getValue("Export-Package");
            return Pattern.compile("(dev\\.weft[a-z.]*);version=\"([0-9.]+)\"")
                    .matcher(header)
                    .results()
                    .map(found -> found.group(1) + ";version=" + found.group(2))
                    .collect(Collectors.joining(","));
        }
    }

    private final class Journal implements Events {
        private final List<Consumer<Event>> subscribers = new CopyOnWriteArrayList<>();

        @Override
        public void publish(String type, Object data) {
            events.add(type + " " + new java.util.TreeMap<>((Map<?, ?>) data));
            Event event = new Event(events.size(), Instant.now(), type, Wire.node(data));
            subscribers.forEach(subscriber -> subscriber.accept(event));
        }

        @Override
        public Subscription subscribe(long after, Consumer<Event> subscriber) {
            subscribers.add(subscriber);
            return () -> subscribers.remove(subscriber);
        }
    }

    /** Waits for a service.
     * @param <T> its type
     * @param type its type
     * @return the service
     * @throws InterruptedException if nobody wants it any more */
    public <T> T service(Class<T> type) throws InterruptedException {
        ServiceTracker<T, T> tracker =
                new ServiceTracker<>(framework.getBundleContext(), type, null);
        // All services: the class path of the test has classes that a bundle has too.
        tracker.open(true);
        try {
            T service = tracker.waitForService(60_000);
            if (service == null) {
                throw new AssertionError("no service " + type.getName());
            }
            return service;
        } finally {
            tracker.close();
        }
    }

    HealthCheck.Status health() throws InterruptedException {
        return service(HealthCheck.class).check();
    }

    /** Drops a file as a careful copier does: written elsewhere, moved in.
     * @param name its name
     * @param bytes its content
     * @throws Exception if it cannot be written */
    public void drop(String name, byte[] bytes) throws Exception {
        Files.createDirectories(deploy);
        Path part = Files.write(deploy.resolve("." + name + ".tmp"), bytes);
        Files.move(part, deploy.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    /** What is known of a file.
     * @param name its name
     * @return empty if it is not there
     * @throws InterruptedException if nobody wants it any more */
    public Optional<Deployment> file(String name) throws InterruptedException {
        return service(Deployments.class).list().stream()
                .filter(file -> file.file().equals(name))
                .findFirst();
    }

    String say(Consumer<String> emitted) throws InterruptedException {
        return call("echo.say", emitted);
    }

    String say() throws InterruptedException {
        return call("echo.say");
    }

    /** Calls a tool without arguments.
     * @param tool {@code skill.tool}
     * @return its answer
     * @throws InterruptedException if nobody wants it any more */
    public String call(String tool) throws InterruptedException {
        return call(tool, text -> {});
    }

    private String call(String tool, Consumer<String> emitted) throws InterruptedException {
        try (Skills.Call call = skills.prepare(tool, null)) {
            return call.run(context(emitted)).asText();
        }
    }

    BundleContext context() {
        return framework.getBundleContext();
    }

    /** Versions of the bundles of one name that are in the framework.
     * @param symbolicName the name
     * @return one each */
    public List<String> bundles(String symbolicName) {
        return Arrays.stream(framework.getBundleContext().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .map(bundle -> bundle.getVersion().toString())
                .toList();
    }

    Bundle bundle(String symbolicName) {
        return Arrays.stream(framework.getBundleContext().getBundles())
                .filter(bundle -> symbolicName.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    private static TaskContext context(Consumer<String> emitted) {
        Instant deadline = Instant.now().plusSeconds(60);
        return new TaskContext() {
            @Override
            public String taskId() {
                return "t-1";
            }

            @Override
            public String caller() {
                return "agent-1";
            }

            @Override
            public Instant deadline() {
                return deadline;
            }

            @Override
            public boolean isCanceled() {
                return false;
            }

            @Override
            public void progress(double fraction, String note) {}

            @Override
            public void emit(String text) {
                emitted.accept(text);
            }

            @Override
            public String idempotencyKey() {
                return "k-1";
            }

            @Override
            public int attempt() {
                return 1;
            }

            @Override
            public String ask(String question, String... choices) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** Stops.
     * @throws Exception if it does not */
    public void close() throws Exception {
        framework.stop();
        framework.waitForStop(60_000);
    }
}
