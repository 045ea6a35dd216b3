package dev.weft.host.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One run of {@code bin/weft} as a process of its own, on the Java that runs the test. */
final class Program implements AutoCloseable {
    static final Path HOME = Path.of(System.getProperty("weft.dist")).toAbsolutePath();

    /** For a line, and for an end: a machine that does much else takes its time. */
    private static final int PATIENCE_SECONDS = 240;

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    private Program(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of " + process.pid());
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts the program with its standard output and error as one. */
    static Program start(Path folder, String... arguments) {
        return startOf(HOME, folder, arguments);
    }

    /** Starts the program of another distribution. */
    static Program startOf(Path dist, Path folder, String... arguments) {
        return startUnder(List.of(), dist, folder, arguments);
    }

    /** Starts the program by way of another, such as one that takes libraries away first. */
    static Program startUnder(List<String> wrapper, Path dist, Path folder, String... arguments) {
        List<String> command = new ArrayList<>(wrapper);
        command.add(dist.resolve("bin/weft").toString());
        command.addAll(List.of(arguments));
        return startCommand(folder, command);
    }

    private static Program startCommand(Path folder, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("WEFT_KEY");
        try {
            return new Program(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a command to its end. */
    static Result run(Path folder, String... arguments) {
        return runUnder(List.of(), folder, arguments);
    }

    /** The same, by way of another program. */
    static Result runUnder(List<String> wrapper, Path folder, String... arguments) {
        try (Program program = startUnder(wrapper, HOME, folder, arguments)) {
            int exit = program.awaitExit();
            return new Result(exit, program.text());
        }
    }

    /** Runs a line of a shell to its end; in it {@code ./weft} is this program. */
    static Result sh(Path folder, String line) {
        return sh(folder, line, PATIENCE_SECONDS);
    }

    /** The same, with so many seconds to its end. */
    static Result sh(Path folder, String line, int seconds) {
        String weft = HOME.resolve("bin/weft").toString();
        List<String> command = List.of("sh", "-c", line.replace("./weft ", weft + " "));
        try (Program program = startCommand(folder, command)) {
            int exit = program.awaitExit(seconds);
            return new Result(exit, program.text());
        }
    }

    /** Runs a command that must succeed and reads its one JSON document. */
    static JsonNode json(Path folder, String... arguments) {
        return jsonUnder(List.of(), folder, arguments);
    }

    /** The same, by way of another program. */
    static JsonNode jsonUnder(List<String> wrapper, Path folder, String... arguments) {
        Result result = runUnder(wrapper, folder, arguments);
        if (result.exit() != 0) {
            throw new AssertionError(
                    String.join(" ", arguments)
                            + " → exit "
                            + result.exit()
                            + ": "
                            + result.text());
        }
        return Wire.tree(result.text().strip());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                    output.notifyAll();
                }
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("(output ended: " + e.getMessage() + ")");
            }
        } finally {
            ended.countDown();
            synchronized (output) {
                output.notifyAll();
            }
        }
    }

    /** Waits for a line. */
    String await(Predicate<String> wanted) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        synchronized (output) {
            int seen = 0;
            while (true) {
                for (; seen < output.size(); seen++) {
                    if (wanted.test(output.get(seen))) {
                        return output.get(seen);
                    }
                }
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0 || ended.getCount() == 0) {
                    throw new AssertionError(
                            "the awaited line did not come; output was:\n"
                                    + String.join("\n", output));
                }
                try {
                    output.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError(e);
                }
            }
        }
    }

    String text() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Waits for the end of the program and of what it says. */
    int awaitExit() {
        return awaitExit(PATIENCE_SECONDS);
    }

    private int awaitExit(int seconds) {
        try {
            if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
                throw new AssertionError(
                        "still running after " + seconds + " s; output was:\n" + text());
            }
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("its output does not end; so far it was:\n" + text());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** SIGTERM, as a service manager sends it. */
    int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** SIGKILL, as a power cut. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            process.destroy();
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor(); // its files are deleted next
                }
            } catch (InterruptedException e) {
                process.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Copies a skill that ships with Weft into a folder, as a person drops it. */
    static void drop(String skill, Path deploy) throws IOException {
        Files.copy(HOME.resolve("skills").resolve(skill + ".jar"), deploy.resolve(skill + ".jar"));
    }

    /** How a command ended. */
    record Result(int exit, String text) {}
}
