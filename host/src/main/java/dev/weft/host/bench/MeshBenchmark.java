package dev.weft.host.bench;

import dev.weft.host.launcher.Distribution;
import dev.weft.host.launcher.HostException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code weft bench mesh}: two processes with the mesh rooms of a host, and between them a raw DataChannel and a raw socket; then one
 * process with many hosts. */
final class MeshBenchmark implements Benchmark {
    /** Agent ids of the two processes; here, since {@link MeshPeer} needs the native library's classes and this program has none. */
    static final String ASKS = "bench-a";

    static final String ANSWERS = "bench-b";

    /** The process that has many hosts. */
    static final String ALL = "bench-all";

    private static final long MOST_MINUTES = 10;
    private final boolean profile;

    /** @param profile whether the costs of a task are named, too */
    MeshBenchmark(boolean profile) {
        this.profile = profile;
    }

    @Override
    public String name() {
        return "mesh";
    }

    @Override
    public void run(Figures figures, double scale) throws Exception {
        Path folder = Files.createTempDirectory("weft-bench-");
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        try {
            try (Child asks = new Child(folder, ASKS, scale, profile);
                    Child answers = new Child(folder, ANSWERS, scale, profile)) {
                asks.listen(answers, said);
                answers.listen(asks, said);
                figures.step("two processes start");
                read(figures, said);
            }
            BlockingQueue<String> more = new LinkedBlockingQueue<>();
            try (Child all = new Child(folder, ALL, scale, profile)) {
                all.listen(all, more);
                figures.step("many hosts meet");
                read(figures, more);
            }
        } finally {
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    private static void read(Figures figures, BlockingQueue<String> said) throws Exception {
        for (String line = said.poll(MOST_MINUTES, TimeUnit.MINUTES);
                !"D".equals(line);
                line = said.poll(MOST_MINUTES, TimeUnit.MINUTES)) {
            if (line == null || line.startsWith("E ")) {
                throw new HostException(
                        HostException.FAILED, "the mesh cannot be measured: " + line);
            } else if (line.startsWith("F ")) {
                add(figures, line.substring(2).split("\\|"));
            }
        }
    }

    private static void add(Figures figures, String[] parts) {
        double value = Double.parseDouble(parts[1]);
        double baseline = Double.parseDouble(parts[3]);
        if (baseline > 0) {
            figures.add(parts[0], value, parts[2], baseline);
        } else {
            figures.add(parts[0], value, parts[2]);
        }
    }

    /** One process. */
    private static final class Child implements AutoCloseable {
        private final Process process;

        Child(Path folder, String id, double scale, boolean profile) throws IOException {
            Path temporary = Files.createDirectories(folder.resolve("tmp-" + id));
            List<String> command = new ArrayList<>();
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("-Xmx768m");
            command.add("-XX:+UseSerialGC"); // as hosts run
            if (!"full".equals(System.getenv("WEFT_JIT"))) {
                command.add("-XX:TieredStopAtLevel=1");
            }
            command.add("-Dorg.ops4j.pax.logging.DefaultServiceLog.level=ERROR");
            command.add("-Djava.io.tmpdir=" + temporary);
            command.addAll(List.of("-cp", classPath(), MeshPeer.class.getName()));
            command.addAll(
                    List.of(id, folder.toString(), String.valueOf(scale), String.valueOf(profile)));
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        }

        private static String classPath() throws IOException {
            Distribution distribution = Distribution.find();
            Path home = distribution.home();
            try (Stream<Path> jars = Stream.concat(jars(home, "lib"), jars(home, "bundles"))) {
                return Stream.concat(jars, distribution.nativeLibrary().stream())
                        .map(Path::toString)
                        .collect(Collectors.joining(File.pathSeparator));
            }
        }

        private static Stream<Path> jars(Path home, String folder) throws IOException {
            return Files.list(home.resolve(folder))
                    .filter(file -> file.toString().endsWith(".jar"));
        }

        /** Hands on what it says, until it ends: unread to the other process, as a registry would, or to the benchmark. */
        void listen(Child other, BlockingQueue<String> said) {
            Thread reader =
                    new Thread(
                            () -> {
                                try (BufferedReader in =
                                        process.inputReader(StandardCharsets.UTF_8)) {
                                    for (String line = in.readLine();
                                            line != null;
                                            line = in.readLine()) {
                                        if (line.startsWith("S ") || line.startsWith("K ")) {
                                            other.say(line);
                                        } else {
                                            said.add(line);
                                        }
                                    }
                                } catch (IOException ended) {
                                    // told below
                                }
                                said.add("E a process of the benchmark ended");
                            },
                            "bench-mesh");
            reader.setDaemon(true);
            reader.start();
        }

        void say(String line) throws IOException {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        @Override
        public void close() {
            process.destroy();
            try {
                if (!process.waitFor(5, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
