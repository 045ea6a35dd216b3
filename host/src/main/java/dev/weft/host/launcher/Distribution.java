package dev.weft.host.launcher;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The folder that Weft was unpacked or built into: {@code bin, lib, bundles, roles, skills, etc}. */
public final class Distribution {
    private final Path home;

    private Distribution(Path home) {
        this.home = home;
    }

    /**
     * Finds the distribution that this program belongs to: system property {@code weft.home}, else the folder above its jar.
     *
     * @return the distribution
     */
    public static Distribution find() {
        String property = System.getProperty("weft.home");
        try {
            Path home =
                    property != null
                            ? Path.of(property)
                            : Path.of(
                                            Distribution.class
                                                    .getProtectionDomain()
                                                    .getCodeSource()
                                                    .getLocation()
                                                    .toURI())
                                    .getParent()
                                    .getParent();
            if (!Files.isDirectory(home.resolve("roles"))) {
                throw new HostException(
                        HostException.FAILED,
                        home
                                + " is not a Weft distribution (it has no folder roles); start Weft with its bin/weft");
            }
            return new Distribution(home.toAbsolutePath().normalize());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** @return the folder */
    public Path home() {
        return home;
    }

    /**
     * The bundles of a composition.
     *
     * @param composition {@code all-in-one, registry, agent} or {@code edge}
     * @return jars, in the order of their start
     */
    List<Path> bundles(String composition) {
        Path list = home.resolve("roles").resolve(composition + ".list");
        try {
            List<Path> jars = new ArrayList<>();
            Files.readAllLines(list).stream()
                    .filter(line -> !line.isBlank())
                    .map(line -> home.resolve("bundles").resolve(line.strip()))
                    .forEach(jars::add);
            if (jars.stream()
                    .anyMatch(
                            jar ->
                                    jar.getFileName()
                                            .toString()
                                            .startsWith("dev.weft.lib.webrtc"))) {
                nativeLibrary().ifPresent(jars::add);
            }
            return jars;
        } catch (IOException e) {
            throw new HostException(
                    HostException.FAILED,
                    "the distribution is damaged: "
                            + list
                            + " cannot be read; build or unpack it again");
        }
    }

    /**
     * The fragment with webrtc-java's native library for this machine; without it the host runs, and says what is missing.
     *
     * @return empty if this distribution has none
     * @throws IOException if the folder cannot be read
     */
    public Optional<Path> nativeLibrary() throws IOException {
        String prefix = "dev.weft.lib.webrtc." + platform() + "-";
        try (Stream<Path> jars = Files.list(home.resolve("native"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith(prefix)).findFirst();
        }
    }

    /** Names the platform as the native libraries are named: {@code linux.x86_64}, {@code linux.aarch64}, {@code linux.aarch32} … */
    static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String family =
                os.startsWith("mac") ? "macos" : os.startsWith("windows") ? "windows" : "linux";
        String processor =
                switch (arch) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "aarch64";
                    default -> arch.startsWith("arm") ? "aarch32" : arch;
                };
        return family + "." + processor;
    }

    /**
     * A skill that ships with Weft.
     *
     * @param id skill id
     * @return its jar, which may not exist
     */
    public Path skill(String id) {
        return home.resolve("skills").resolve(id + ".jar");
    }

    /** @return the version that was built */
    public static String version() {
        String version = Distribution.class.getPackage().getImplementationVersion();
        return version == null ? "0.1.0-SNAPSHOT" : version;
    }
}
