package dev.weft.host.bench;

import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A host of a benchmark: a process of its own, started as a person would, in a folder that goes with it. */
public final class BenchHost implements AutoCloseable {
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+[0-9]+\\s+([0-9]+)\\s*$");
    private static final long START_SECONDS = 120;
    private static final long HISTOGRAM_SECONDS = 60;
    private final Path folder;
    private final Path data;
    private final Path log;
    private final Process process;
    private final String key;
    private final Thread cleanup = new Thread(this::end, "bench-cleanup");

    /** Starts a host and waits until it is ready.
     * @param name label of its agent
     * @param configuration a file for {@code etc/}, as text; "" for none
     * @param more options of {@code weft run}, beside name, data directory and port
     * @throws IOException if it cannot be started
     * @throws HostException if it does not get ready */
    public BenchHost(String name, String configuration, String... more) throws IOException {
        this(Files.createTempDirectory("weft-bench-"), name, configuration, more);
    }

    private BenchHost(Path folder, String name, String configuration, String... more)
            throws IOException {
        this.folder = folder;
        this.data = folder.resolve("data");
        this.log = folder.resolve("out.txt");
        if (!configuration.isEmpty()) {
            Path etc = Files.createDirectories(data.resolve("etc"));
            Files.writeString(etc.resolve("bench.json"), configuration);
        }
        List<String> command = new ArrayList<>();
        command.add(Distribution.find().home().resolve("bin/weft").toString());
        command.addAll(List.of("run", "--name", name, "--data", data.toString(), "--port", "0"));
        command.addAll(List.of(more));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile());
        // A histogram of live objects at SIGQUIT: that is how the heap is measured.
        builder.environment().merge("WEFT_JAVA_OPTS", "-XX:+PrintClassHistogram", BenchHost::both);
        this.process = builder.start();
        Runtime.getRuntime().addShutdownHook(cleanup); // Ctrl-C leaves nothing either
        try {
            await(" is ready after ", 0, START_SECONDS);
            this.key = Files.readString(data.resolve("run/local.key")).strip();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts a host in the mesh of another one, and waits until both know each other.
     * @param registry lets it in
     * @param name label of its agent
     * @return the host
     * @throws IOException if it cannot be started or is not let in
     * @throws HostException if it does not get ready */
    static BenchHost joining(BenchHost registry, String name) throws IOException {
        Path folder = Files.createTempDirectory("weft-bench-");
        try (PlainHttp http = new PlainHttp(registry.port(), registry.key())) {
            String code =
                    http.tryCall("POST", "/api/pairing/generate-code", "{}").path("code").asText();
            Process pairing =
                    new ProcessBuilder(
                                    Distribution.find().home().resolve("bin/weft").toString(),
                                    "pair",
                                    code,
                                    "--registry",
                                    "http://127.0.0.1:" + registry.port(),
                                    "--name",
                                    name,
                                    "--data",
                                    folder.resolve("data").toString())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("pair.txt").toFile())
                            .start();
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
            while (!pairing.waitFor(200, TimeUnit.MILLISECONDS)) {
                if (System.nanoTime() > end) {
                    pairing.destroyForcibly();
                    break;
                }
                http.tryCall("POST", "/api/pairing/" + name + "/approve", "{}");
            }
            if (pairing.waitFor() != 0) {
                throw new HostException(
                        HostException.FAILED,
                        "the second host is not let in: "
                                + Files.readString(folder.resolve("pair.txt")).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return new BenchHost(folder, name, "");
    }

    /** Where its skills are dropped.
     * @return a folder */
    Path deploy() {
        return data.resolve("deploy");
    }

    private static String both(String theirs, String ours) {
        return theirs + " " + ours;
    }

    /** Waits for a text in what the process prints.
     * @return all it has printed */
    private String await(String text, int from, long seconds) throws IOException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (System.nanoTime() < end) {
            String printed = Files.readString(log);
            if (printed.indexOf(text, from) >= 0) {
                return printed;
            }
            try {
                if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new HostException(
                HostException.FAILED,
                "the host of the benchmark does not work: " + Files.readString(log).strip());
    }

    /** Its HTTP port on loopback.
     * @return a port
     * @throws IOException if it is not known */
    public int port() throws IOException {
        return Integer.parseInt(Files.readString(data.resolve("weft.port")).strip());
    }

    /** The key that it leaves for its owner.
     * @return an access key with the role admin */
    public String key() {
        return key;
    }

    /** Processor time that it has taken so far.
     * @return milliseconds, in steps of ten on Linux; 0 where it cannot be found out */
    double cpuMillis() {
        return process.info().totalCpuDuration().map(time -> time.toNanos() / 1e6).orElse(0.0);
    }

    /** Bytes of all objects that live, after a full collection.
     * @return empty where the JVM prints no histogram at SIGQUIT
     * @throws IOException if it cannot be asked */
    public OptionalLong liveBytes() throws IOException {
        int before = (int) Files.size(log);
        try {
            int killed =
                    new ProcessBuilder("kill", "-QUIT", String.valueOf(process.pid()))
                            .start()
                            .waitFor();
            if (killed != 0) {
                return OptionalLong.empty();
            }
            Matcher total = TOTAL.matcher(await("\nTotal ", before, HISTOGRAM_SECONDS));
            total.region(Math.min(before, total.regionEnd()), total.regionEnd());
            return total.find()
                    ? OptionalLong.of(Long.parseLong(total.group(1)))
                    : OptionalLong.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalLong.empty();
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(cleanup);
        end();
    }

    private void end() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new HostException(
                    HostException.FAILED, folder + " cannot be deleted: " + e.getMessage());
        }
    }
}
