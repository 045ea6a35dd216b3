package dev.onvoid.webrtc.internal;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Stands in for webrtc-java's class of this name, which unpacks 23 MB into {@code java.io.tmpdir} at each start. This one keeps
 * one copy in the folder that the system property {@code weft.native} names, and compares it with the bundle's before each use. Where that
 * folder will not do (full, read-only, mounted noexec, not named) it falls back to a temporary copy, deleted once loaded.
 */
public final class NativeLoader {
    private static boolean loaded;

    private NativeLoader() {}

    /** Loads the library of this platform into this bundle's class loader; does nothing the second time.
     * @param name {@code webrtc-java}
     * @throws IOException if the library can be unpacked nowhere, or this distribution has none for the platform
     * @throws UnsatisfiedLinkError if it can be loaded from nowhere */
    public static synchronized void loadLibrary(String name) throws IOException {
        if (loaded) {
            return;
        }
        String file = System.mapLibraryName(name + '-' + family() + '-' + architecture());
        NativeCopy copy = new NativeCopy(file, () -> open(file));
        String folder = System.getProperty("weft.native", "");
        Throwable first = null;
        if (!folder.isEmpty()) {
            try {
                System.load(copy.keep(Path.of(folder)).toString());
                loaded = true;
                return;
            } catch (FileNotFoundException e) {
                throw e;
            } catch (IOException | UnsatisfiedLinkError e) {
                first = e;
            }
        }
        try {
            loadTemporary(copy);
            loaded = true;
        } catch (IOException | UnsatisfiedLinkError e) {
            if (first != null) {
                e.addSuppressed(first);
            }
            throw e;
        }
    }

    private static void loadTemporary(NativeCopy copy) throws IOException {
        Path folder = Files.createTempDirectory("weft-native");
        try {
            System.load(copy.keep(folder).toString());
        } finally {
            for (File file : folder.toFile().listFiles()) {
                delete(file);
            }
            delete(folder.toFile());
        }
    }

    private static void delete(File file) {
        if (!file.delete()) {
            file.deleteOnExit(); // Windows keeps a library that is in use
        }
    }

    private static InputStream open(String file) throws IOException {
        InputStream in = NativeLoader.class.getClassLoader().getResourceAsStream(file);
        if (in == null) {
            throw new FileNotFoundException("this distribution has no " + file);
        }
        return in;
    }

    private static String family() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return name.startsWith("mac") ? "macos" : name.startsWith("windows") ? "windows" : "linux";
    }

    private static String architecture() {
        String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (name.equals("amd64") || name.equals("x86_64")) {
            return "x86_64";
        }
        if (name.equals("aarch64") || name.equals("arm64")) {
            return "aarch64";
        }
        return name.startsWith("arm") ? "aarch32" : name;
    }
}
