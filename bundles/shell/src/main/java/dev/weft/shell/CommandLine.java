package dev.weft.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The {@code weft} program that this host was started with, as a process of its own beside the host: what only the command line does is
 * done by the command line. It works on this host's data directory, and in the folder the host was started in. It ends with its deadline, when the
 * session's thread is interrupted, or when nobody hears it any more.
 */
@Component(service = CommandLine.class)
public final class CommandLine {
    /** What nearly all commands need little of. */
    static final Duration SHORT = Duration.ofMinutes(2);

    private static final int LONGEST_ANSWER = 4 << 20;
    private static final long LOOK_MILLIS = 50;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final long END_SECONDS = 10;

    private final String home; // null outside of a distribution
    private final Path data;
    private final Duration silence;

    /** Looks at nothing yet.
     * @param context tells where the program and the data directory are */
    @Activate
    public CommandLine(BundleContext context) {
        this(
                context.getProperty("weft.home"),
                Path.of(context.getProperty("weft.data")).toAbsolutePath(),
                SILENCE);
    }

    /** @param silence after which it tells that it still runs, and so finds out whether somebody hears it */
    CommandLine(String home, Path data, Duration silence) {
        this.home = home;
        this.data = data;
        this.silence = silence;
    }

    /** The folder that Weft was unpacked into.
     * @throws IllegalStateException if this host was not started from one */
    Path home() {
        if (home == null || !Files.isExecutable(Path.of(home, "bin", "weft"))) {
            throw new IllegalStateException(
                    "the program bin/weft is not there ("
                            + (home == null ? "weft.home is not set" : home)
                            + "); use the command line itself");
        }
        return Path.of(home);
    }

    /** Gives a form of a command that only the command line has to it: it asks this host over HTTP.
     * @return what it printed
     * @throws IllegalStateException why it failed, in one line */
    String ask(String command, String... words) {
        return answer(SHORT, overHttp(command, List.of(words)));
    }

    /** The same, shown as it comes.
     * @throws IllegalStateException why it failed, in one line */
    void follow(PrintStream out, Duration limit, String command, List<String> words) {
        run(out, limit, overHttp(command, words));
    }

    /** Whether this host serves HTTP, so that the command line can ask it. */
    boolean isServed() {
        return Files.exists(data.resolve("weft.port"));
    }

    private List<String> overHttp(String command, List<String> words) {
        if (!isServed() && !CommandTable.asksForHelp(words.toArray(String[]::new))) {
            throw new IllegalStateException(
                    "this form of weft:"
                            + command
                            + " asks the host over HTTP, which this one does not serve; help weft:"
                            + command
                            + " shows the others");
        }
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(words);
        return line;
    }

    /** Runs the program.
     * @return what it printed
     * @throws IllegalStateException why it failed, in one line */
    String answer(Duration limit, List<String> words) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        run(new PrintStream(limited(text), true, StandardCharsets.UTF_8), limit, words);
        return text.toString(StandardCharsets.UTF_8).stripTrailing();
    }

    private static OutputStream limited(ByteArrayOutputStream text) {
        return new OutputStream() {
            @Override
            public void write(int next) throws IOException {
                write(new byte[] {(byte) next}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (text.size() + length > LONGEST_ANSWER) {
                    throw new IOException("too long"); // seen by whoever checks for errors
                }
                text.write(bytes, offset, length);
            }
        };
    }

    /** Runs the program and shows what it prints as it comes.
     * @throws IllegalStateException why it failed, in one line */
    void run(PrintStream out, Duration limit, List<String> words) {
        ProgramOutput lines = new ProgramOutput(out);
        Process process = start(words);
        try {
            follow(process, lines, out, limit);
        } catch (IOException e) {
            throw new IllegalStateException(
                    "weft " + words.get(0) + " broke: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted; weft " + words.get(0) + " is stopped", e);
        } finally {
            stop(process);
        }
        lines.end(process.exitValue(), words.get(0));
    }

    private Process start(List<String> words) {
        List<String> line = new ArrayList<>();
        line.add(home().resolve("bin").resolve("weft").toString());
        line.addAll(words);
        ProcessBuilder builder = new ProcessBuilder(line).redirectErrorStream(true);
        builder.environment().put("WEFT_DATA", data.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().remove("WEFT_ARCHIVE"); // it is this host's start that is archived
        try {
            Process process = builder.start();
            process.getOutputStream().close(); // nothing is asked
            return process;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the program bin/weft cannot be started: " + e.getMessage(), e);
        }
    }

    /** Does not wait for the end of the stream: what the program leaves running may hold it. */
    private void follow(Process process, ProgramOutput lines, PrintStream out, Duration limit)
            throws IOException, InterruptedException {
        InputStream in = process.getInputStream();
        byte[] bytes = new byte[8192];
        long begin = System.nanoTime();
        long heard = begin;
        while (process.isAlive() || in.available() > 0) {
            int ready = in.available();
            if (ready > 0) {
                lines.take(bytes, in.read(bytes, 0, Math.min(ready, bytes.length)));
                heard = System.nanoTime();
            } else {
                process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
            long now = System.nanoTime();
            if (now - begin > limit.toNanos()) {
                throw new IOException("no end within " + limit.toSeconds() + " s; it is stopped");
            }
            if (now - heard > silence.toNanos()) {
                out.println("… " + (now - begin) / 1_000_000_000 + " s; Ctrl-C stops it");
                heard = now;
            }
            if (out.checkError()) {
                throw new IOException("nobody hears it, or it has too much to say; it is stopped");
            }
        }
    }

    private static void stop(Process process) {
        if (!process.isAlive()) {
            return;
        }
        List<ProcessHandle> all = process.descendants().toList();
        process.destroy(); // ends what it started, too
        try {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        all.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
