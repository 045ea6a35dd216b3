package dev.weft.host.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;

/**
 * Runs one host in this process: opens the data directory, starts Felix with the bundles of a composition, says when the host
 * is ready, and takes it down in order on SIGINT, SIGTERM or {@link #stop}. Bundles and this class share JDK types only; the
 * services it asks for carry the property {@code weft.launcher}.
 */
public final class Launcher {
    /** Level 1: logging, configuration, Declarative Services. Level 2: libraries. Level 3: the rooms. */
    static final int LAST_LEVEL = 3;

    private static final List<String> FIRST =
            List.of(
                    "pax-logging",
                    "org.apache.felix.configadmin",
                    "org.apache.felix.scr",
                    "org.osgi.service.component",
                    "org.osgi.util",
                    "jackson-",
                    "dev.weft.api",
                    "dev.weft.protocol",
                    "dev.weft.skill.api",
                    "dev.weft.configuration",
                    "org.apache.felix.log",
                    "org.osgi.service.cm");
    private static final long READY_SECONDS = 120;
    private static final long STOP_SECONDS = 10;

    /** What is not ready after so long, or after as long as the bundles took to start, will not be. */
    private static final long SETTLE_SECONDS = 10;

    private final HostOptions options;
    private final PrintStream out;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private Framework framework;
    private DataDirectory data;

    /**
     * @param options what is wanted
     * @param out where the ready line goes
     */
    public Launcher(HostOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
    }

    /**
     * Starts the host and waits until it is stopped.
     *
     * @return exit code
     * @throws HostException if it cannot start; nothing is left behind then
     */
    public int run() {
        long begin = System.nanoTime();
        data = DataDirectory.open(options.data());
        try {
            checkPort();
            DatabaseFile.restoreStaged(data).ifPresent(out::println);
            Distribution distribution = Distribution.find();
            HostConfiguration configuration = new HostConfiguration(options, data);
            configuration.placeBuiltinSkills(distribution);
            start(distribution, configuration);
            Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "weft-stop"));
            boolean works = announce(begin, configuration);
            ready.countDown();
            if (!options.check()) {
                framework.waitForStop(0);
            }
            stopped.countDown();
            return options.check() && !works ? HostException.FAILED : 0;
        } catch (IOException | BundleException e) {
            throw new HostException(
                    HostException.FAILED, "the host cannot start: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return HostException.FAILED;
        } finally {
            stop();
        }
    }

    /**
     * Waits until the ready line is out.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    public void awaitReady() throws InterruptedException {
        ready.await();
    }

    private void checkPort() {
        if (options.port() == 0) {
            return;
        }
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(
                    new InetSocketAddress(InetAddress.getByName(options.bind()), options.port()));
        } catch (IOException e) {
            throw new HostException(
                    HostException.FAILED,
                    "port "
                            + options.port()
                            + " on "
                            + options.bind()
                            + " cannot be opened ("
                            + e.getMessage()
                            + "); stop what uses it, or choose another with --port (0 takes a free one)");
        }
    }

    private void start(Distribution distribution, HostConfiguration configuration)
            throws IOException, BundleException {
        Map<String, String> properties = configuration.properties(distribution);
        System.setProperty("java.io.tmpdir", data.resolve("tmp").toString());
        System.setProperty("weft.native", data.resolve("native").toString());
        System.setProperty("weft.log", data.resolve("log").toString());
        framework = new FrameworkFactory().newFramework(properties);
        framework.init();
        BundleContext context = framework.getBundleContext();
        List<Bundle> bundles = new ArrayList<>();
        for (Path jar : distribution.bundles(configuration.composition())) {
            Bundle bundle = context.installBundle("reference:" + jar.toUri());
            bundle.adapt(BundleStartLevel.class).setStartLevel(level(jar.getFileName().toString()));
            bundles.add(bundle);
        }
        for (Bundle bundle : bundles) {
            if (bundle.getHeaders().get("Fragment-Host") == null) {
                startQuietly(bundle);
            }
        }
        CountDownLatch reached = new CountDownLatch(1);
        framework.start();
        framework
                .adapt(FrameworkStartLevel.class)
                .setStartLevel(
                        LAST_LEVEL,
                        event -> {
                            if (event.getType() == FrameworkEvent.STARTLEVEL_CHANGED) {
                                reached.countDown();
                            }
                        });
        await(reached);
    }

    /** Marks the bundle for start; what keeps it from running is told by the health room, with the missing requirement. */
    private static void startQuietly(Bundle bundle) throws BundleException {
        bundle.start(Bundle.START_ACTIVATION_POLICY);
    }

    private static int level(String jar) {
        if (FIRST.stream().anyMatch(jar::startsWith)) {
            return 1;
        }
        return jar.startsWith("dev.weft.") && !jar.startsWith("dev.weft.lib.") ? LAST_LEVEL : 2;
    }

    private void await(CountDownLatch latch) {
        try {
            if (!latch.await(READY_SECONDS, TimeUnit.SECONDS)) {
                throw new HostException(
                        HostException.FAILED,
                        "the bundles did not start within "
                                + READY_SECONDS
                                + " s; see "
                                + data.resolve("log/weft.log"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HostException(HostException.FAILED, "interrupted while starting");
        }
    }

    private boolean announce(long begin, HostConfiguration configuration)
            throws InterruptedException {
        this.<String>ask("first-key")
                .ifPresent(
                        key -> {
                            out.println("admin key (shown this once, keep it safe): " + key);
                        });
        List<String> problems = problems();
        long started = System.nanoTime();
        long end = started + Math.max(TimeUnit.SECONDS.toNanos(SETTLE_SECONDS), started - begin);
        for (; !problems.isEmpty() && System.nanoTime() < end; problems = problems()) {
            TimeUnit.MILLISECONDS.sleep(
                    20); // the health room has no way to call the launcher, so it is asked
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        String name = this.<String>ask("name").or(configuration::name).orElse("weft");
        StringBuilder line = new StringBuilder("weft \"").append(name).append('"');
        line.append(problems.isEmpty() ? " is ready" : " is NOT ready")
                .append(String.format(java.util.Locale.ROOT, " after %.1f s", seconds));
        this.<String>ask("http-address")
                .ifPresent(address -> line.append(" — UI ").append(address));
        this.<String>ask("https-address").ifPresent(address -> line.append(" — ").append(address));
        Path shell = data.resolve("run/shell.sock");
        if (Files.exists(shell)) {
            line.append(" — shell ").append(shell);
        }
        line.append(" — skills ").append(configuration.deploy());
        out.println(line);
        problems.forEach(problem -> out.println("  " + problem));
        out.flush();
        return problems.isEmpty();
    }

    /** What keeps the host from being ready; asked of the health room, which cannot report itself. */
    private List<String> problems() {
        return this.<List<String>>ask("problems")
                .orElseGet(
                        () -> {
                            List<String> silent = new ArrayList<>();
                            for (Bundle bundle : framework.getBundleContext().getBundles()) {
                                if (bundle.getState() != Bundle.ACTIVE
                                        && bundle.getHeaders().get("Fragment-Host") == null) {
                                    silent.add(bundle.getSymbolicName() + ": " + whyNot(bundle));
                                }
                            }
                            return silent.isEmpty()
                                    ? List.of(
                                            "dev.weft.health: its component is not satisfied; see "
                                                    + data.resolve("log/weft.log"))
                                    : silent;
                        });
    }

    private static String whyNot(Bundle bundle) {
        try {
            bundle.start();
            return "did not start at first";
        } catch (BundleException e) {
            return String.valueOf(e.getMessage()).lines().findFirst().orElse("does not start");
        }
    }

    @SuppressWarnings("unchecked")
    private <T> java.util.Optional<T> ask(String what) {
        BundleContext context = framework.getBundleContext();
        try {
            ServiceReference<?>[] found =
                    context.getServiceReferences(
                            Supplier.class.getName(), "(weft.launcher=" + what + ")");
            if (found == null) {
                return java.util.Optional.empty();
            }
            Supplier<T> supplier = (Supplier<T>) context.getService(found[0]);
            return supplier == null
                    ? java.util.Optional.empty()
                    : java.util.Optional.ofNullable(supplier.get());
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Takes the host down: bundles stop in the reverse order of their start levels, then the data directory is unlocked. */
    public synchronized void stop() {
        try {
            if (framework != null) {
                framework.stop();
                framework.waitForStop(TimeUnit.SECONDS.toMillis(STOP_SECONDS));
            }
            if (data != null) {
                data.close();
            }
        } catch (BundleException | IOException e) {
            out.println("weft did not stop cleanly: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A signal asked for the end: an orderly stop is a success, so the JVM's own exit code for signals is not used. */
    private void stopAndHalt() {
        if (stopped.getCount() == 0) {
            return;
        }
        stop();
        out.flush();
        // webrtc-java's library says "VM attach current thread failed" on standard output as any
        // JVM that loaded it exits
        System.out.close();
        Runtime.getRuntime().halt(0);
    }
}
