package dev.weft.store;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A PostgreSQL server of this process's own: data in a temporary folder, a free port of the loopback address. It ends with this
 * process, even if that is killed.
 */
public final class PostgresServer {
    /** Who connects. */
    public static final String USER = "weft";

    private static final String PASSWORD = "pg-test-secret";
    private static final String HINT =
            "PostgreSQL is not installed: the tests on it are skipped; to run them: apt-get install postgresql";
    private static final int ATTEMPTS = 3;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static PostgresServer running;
    private static String missing;

    private int port;
    private final Path passwordFile;
    private final Path folder;
    private Process process;

    /** Initialises a database folder and starts the server.
     * @param bin folder of the server's programs
     * @throws Exception if it does not start */
    private PostgresServer(Path bin) throws Exception {
        folder = Files.createTempDirectory("weft-postgres");
        Path password = Files.writeString(folder.resolve("password"), PASSWORD + "\n");
        passwordFile = Files.writeString(Files.createTempFile("weft-postgres", ".pw"), PASSWORD);
        passwordFile.toFile().deleteOnExit();
        if (isRoot()) { // the server refuses to run as root
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            run("chown", "-R", "postgres", folder.toString());
        }
        run(
                unprivileged(
                        bin.resolve("initdb").toString(),
                        "-D",
                        folder.resolve("data").toString(),
                        "-U",
                        USER,
                        "-A",
                        "scram-sha-256",
                        "--pwfile=" + password,
                        "-E",
                        "UTF8",
                        "--locale=C",
                        "--no-sync"));
        Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
        for (int i = 1; !starts(bin); i++) {
            if (i == ATTEMPTS) {
                throw new IOException("PostgreSQL does not start: " + log());
            }
            // another process may have taken the port meanwhile
            process.getOutputStream().write("again\n".getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().close();
            process.waitFor();
        }
    }

    /** Whether it runs on a port that was free a moment ago. */
    private boolean starts(Path bin) throws Exception {
        port = freePort();
        // The shell waits for the end of its input, which comes with the end of this process,
        // however that ends, or for a word that it shall leave the folder as it is.
        String script =
                "'%s' -D '%s' -p %d -k '%s' -c listen_addresses=127.0.0.1 -c max_connections=200 >'%s' 2>&1 & p=$!; read word; kill -QUIT $p; wait $p; [ \"$word\" = again ] || rm -rf '%s'"
                        .formatted(
                                bin.resolve("postgres"),
                                folder.resolve("data"),
                                port,
                                folder,
                                folder.resolve("log"),
                                folder);
        process = new ProcessBuilder(unprivileged("sh", "-c", script)).start();
        long start = System.nanoTime();
        boolean accepts = accepts(bin);
        while (!accepts
                && process.isAlive()
                && !isTaken()
                && System.nanoTime() - start < PATIENCE_NANOS) {
            accepts = accepts(bin);
        }
        return accepts && !isTaken(); // else it is another's server
    }

    private boolean isTaken() throws IOException {
        return log().contains("Address already in use");
    }

    private String log() throws IOException {
        Path log = folder.resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** The server of this process, started at the first call.
     * @return empty if none is installed; one line on standard output has said so */
    public static synchronized Optional<PostgresServer> get() {
        if (running == null && missing == null) {
            Optional<Path> bin = programs();
            if (bin.isEmpty() || isRoot() && !hasUser()) {
                missing = HINT;
                System.out.println(HINT);
            } else {
                try {
                    running = new PostgresServer(bin.get());
                } catch (Exception e) {
                    throw new IllegalStateException("PostgreSQL does not start", e);
                }
            }
        }
        return Optional.ofNullable(running);
    }

    /** Why there is none.
     * @return one line that says how to get it */
    public static String hint() {
        return HINT;
    }

    private static Optional<Path> programs() {
        try (Stream<Path> versions = Files.list(Path.of("/usr/lib/postgresql"))) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.naturalOrder());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean hasUser() {
        try {
            return new ProcessBuilder("id", "postgres").redirectErrorStream(true).start().waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static String[] unprivileged(String... command) {
        List<String> all = new ArrayList<>();
        if (isRoot()) {
            all.addAll(List.of("runuser", "-u", "postgres", "--"));
        }
        all.addAll(List.of(command));
        return all.toArray(String[]::new);
    }

    private static void run(String... command) throws Exception {
        Process process =
                new ProcessBuilder(command)
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .start();
        String text = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) {
            throw new IOException(command[0] + " failed: " + text);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private boolean accepts(Path bin) throws Exception {
        Process ready =
                new ProcessBuilder(
                                bin.resolve("pg_isready").toString(),
                                "-q",
                                "-t",
                                "1",
                                "-h",
                                "127.0.0.1",
                                "-p",
                                String.valueOf(port))
                        .start();
        boolean accepts = ready.waitFor() == 0;
        if (!accepts) {
            process.waitFor(100, TimeUnit.MILLISECONDS);
        }
        return accepts;
    }

    /** Address of a database of this server.
     * @param options what follows the question mark, "" if nothing
     * @return a JDBC URL */
    public String url(String options) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres" + options;
    }

    /** Where the user's password is.
     * @return a file */
    public Path passwordFile() {
        return passwordFile;
    }

    private void stop() {
        if (process == null) {
            return;
        }
        try {
            process.getOutputStream().close();
            process.waitFor(30, TimeUnit.SECONDS);
        } catch (IOException e) {
            process.destroy();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
