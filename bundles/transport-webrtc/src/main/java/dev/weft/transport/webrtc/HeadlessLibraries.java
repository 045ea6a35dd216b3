package dev.weft.transport.webrtc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * webrtc-java's Linux library is linked against seven desktop libraries that a server does not have and that DataChannels never call. Where one of
 * them is missing, empty libraries of the same names are loaded first: all seven or none, because an empty one beside a real one that needs it
 * fails.
 */
final class HeadlessLibraries {
    /** When to do it. */
    enum Mode {
        /** Where a library is missing. */
        AUTO,
        /** On every Linux machine. */
        ALWAYS,
        /** Never. */
        NEVER;

        static Mode of(String text) {
            try {
                return valueOf(text.strip().toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "dev.weft.transport.webrtc: headless must be auto, always or never, got \""
                                + text
                                + '"');
            }
        }
    }

    static final List<String> SONAMES =
            List.of(
                    "libpulse.so.0",
                    "libudev.so.1",
                    "libX11.so.6",
                    "libXfixes.so.3",
                    "libXrandr.so.2",
                    "libXcomposite.so.1",
                    "libdbus-1.so.3");

    private static final Logger LOG = LoggerFactory.getLogger(HeadlessLibraries.class);

    private HeadlessLibraries() {}

    /** Makes webrtc-java loadable; to be called before it loads.
     * @param mode when to use empty libraries
     * @return whether empty libraries stand in
     * @throws UnsatisfiedLinkError if not even an empty library can be loaded, for example from a folder mounted noexec */
    static boolean prepare(Mode mode) {
        StubLibrary.Machine machine = StubLibrary.Machine.here();
        if (mode == Mode.NEVER
                || machine == null
                || !System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux")) {
            return false;
        }
        if (mode == Mode.AUTO && realOnesLoad(machine)) {
            return false;
        }
        for (String soname : SONAMES) {
            load(soname, StubLibrary.write(machine, soname, List.of()));
        }
        return true;
    }

    /** Asks the dynamic linker itself, with a library that is empty but needs all seven: whatever it searches is searched. */
    private static boolean realOnesLoad(StubLibrary.Machine machine) {
        try {
            load("libweft-probe.so", StubLibrary.write(machine, "libweft-probe.so", SONAMES));
            return true;
        } catch (UnsatisfiedLinkError e) {
            LOG.debug("no desktop libraries here, empty ones stand in: {}", e.getMessage());
            return false;
        }
    }

    /** From the host's own folder, or the temporary one where that is mounted noexec, full or not named. */
    private static void load(String name, byte[] content) {
        String folder = System.getProperty("weft.native", "");
        if (!folder.isEmpty()) {
            try {
                load(Path.of(folder), name, content);
                return;
            } catch (IOException | UnsatisfiedLinkError e) {
                LOG.debug("{} does not load from {}: {}", name, folder, e.toString());
            }
        }
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try {
            load(temporary, name, content);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + name + " to " + temporary, e);
        }
    }

    private static void load(Path parent, String name, byte[] content) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(parent), "weft-stub");
        Path file = folder.resolve(name);
        try {
            Files.write(file, content);
            System.load(file.toAbsolutePath().toString());
        } finally {
            Files.deleteIfExists(file); // mapped by now, the file itself is not needed
            Files.deleteIfExists(folder);
        }
    }
}
