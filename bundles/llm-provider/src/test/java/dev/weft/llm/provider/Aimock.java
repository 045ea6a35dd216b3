package dev.weft.llm.provider;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The npm package aimock as a process: one server that speaks the wires of OpenAI, Azure, Ollama, Anthropic and Gemini. */
public final class Aimock implements AutoCloseable {
    private static final String PROGRAM = "node_modules/@copilotkit/aimock/dist/aimock-cli.js";
    private static final String LISTENS = "listening on ";

    private final Path folder;
    private final Process process;
    private final URI address;

    private Aimock(Path folder, Process process, URI address) {
        this.folder = folder;
        this.process = process;
        this.address = address;
    }

    /** Starts it on a free port.
     * @return empty, with a line that says why, if it is not installed */
    public static Optional<Aimock> start() {
        Optional<Path> program = program();
        if (program.isEmpty()) {
            System.out.println(
                    "aimock is not installed; tests against it are skipped (./weft test installs it where npm is)");
            return Optional.empty();
        }
        try {
            Path folder = Files.createTempDirectory("aimock");
            try (InputStream fixtures = Aimock.class.getResourceAsStream("fixtures.json")) {
                Files.copy(fixtures, folder.resolve("fixtures.json"));
            }
            Path config =
                    Files.writeString(
                            folder.resolve("config.json"),
                            "{\"llm\":{\"fixtures\":\"" + folder.resolve("fixtures.json") + "\"}}");
            Process process =
                    new ProcessBuilder(
                                    "node",
                                    program.get().toString(),
                                    "-c",
                                    config.toString(),
                                    "-p",
                                    "0")
                            .redirectErrorStream(true)
                            .start();
            return Optional.of(new Aimock(folder, process, listening(process)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens.
     * @return without a path */
    public URI address() {
        return address;
    }

    private static Optional<Path> program() {
        String set = System.getProperty("weft.aimock", "");
        return Stream.of(
                        set.isEmpty() ? null : Path.of(set),
                        Path.of("target/aimock"),
                        Path.of("../llm-provider/target/aimock"),
                        Path.of("../bundles/llm-provider/target/aimock"))
                .filter(folder -> folder != null && Files.exists(folder.resolve(PROGRAM)))
                .map(folder -> folder.resolve(PROGRAM).toAbsolutePath())
                .findFirst();
    }

    private static URI listening(Process process) {
        CompletableFuture<URI> heard = new CompletableFuture<>();
        Thread reader =
                new Thread(
                        () -> {
                            StringBuilder said = new StringBuilder();
                            try (BufferedReader lines =
                                    new BufferedReader(
                                            new InputStreamReader(
                                                    process.getInputStream(),
                                                    StandardCharsets.UTF_8))) {
                                for (String line = lines.readLine();
                                        line != null;
                                        line = lines.readLine()) {
                                    said.append(line).append('\n');
                                    int at = line.indexOf(LISTENS);
                                    if (at >= 0) {
                                        heard.complete(
                                                URI.create(
                                                        line.substring(at + LISTENS.length())
                                                                .strip()));
                                    }
                                }
                            } catch (IOException gone) {
                                // the process ended
                            }
                            heard.completeExceptionally(new IllegalStateException(said.toString()));
                        },
                        "aimock");
        reader.setDaemon(true);
        reader.start();
        try {
            return heard.get(60, TimeUnit.SECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
            throw new IllegalStateException("aimock did not start", e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            Files.deleteIfExists(folder.resolve("config.json"));
            Files.deleteIfExists(folder.resolve("fixtures.json"));
            Files.deleteIfExists(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
