package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Runs Maven offline, with a local repository that knows the libraries of this build, but none of Weft's own artifacts. */
final class Maven {
    private Maven() {}

    static void run(Path folder, String... arguments) throws IOException {
        Path repository = folder.resolve("m2");
        if (!Files.exists(repository)) {
            Path whole =
                    Path.of(
                            System.getProperty(
                                    "maven.repo.local",
                                    System.getProperty("user.home") + "/.m2/repository"));
            link(whole, repository, "dev");
            link(whole.resolve("dev"), repository.resolve("dev"), "weft");
        }
        List<String> command =
                new ArrayList<>(
                        List.of("mvn", "-o", "-B", "-ntp", "-Dmaven.repo.local=" + repository));
        command.addAll(List.of(arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process maven = builder.start();
        String output = new String(maven.getInputStream().readAllBytes());
        try {
            assertEquals(0, maven.waitFor(), output);
        } catch (InterruptedException e) {
            maven.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void link(Path from, Path to, String except) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> all = Files.list(from)) {
            for (Path one : (Iterable<Path>) all::iterator) {
                if (!one.getFileName().toString().equals(except)) {
                    Files.createSymbolicLink(to.resolve(one.getFileName()), one);
                }
            }
        }
    }
}
