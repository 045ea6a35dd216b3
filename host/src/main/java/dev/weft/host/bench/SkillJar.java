package dev.weft.host.bench;

import dev.weft.host.launcher.Distribution;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** A skill that ships with Weft, in as many versions as wanted: only the version differs. */
final class SkillJar {
    private final Path original;

    /** @param name of its file, without the ending */
    SkillJar(String name) throws IOException {
        this.original = Distribution.find().home().resolve("skills/" + name + ".jar");
    }

    /** Puts a version into a folder, in one step: a plain move would delete the file before.
     * @param folder a deploy folder
     * @param version a bundle's */
    void drop(Path folder, String version) throws IOException {
        Path whole = folder.resolveSibling(".bench-" + version + ".jar");
        Files.write(whole, bytes(version));
        Files.move(whole, folder.resolve(original.getFileName()), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Takes it out of a folder. */
    void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder.resolve(original.getFileName()));
    }

    private byte[] bytes(String version) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarFile from = new JarFile(original.toFile())) {
            Manifest manifest = from.getManifest();
            manifest.getMainAttributes().putValue("Bundle-Version", version);
            try (JarOutputStream to = new JarOutputStream(bytes, manifest)) {
                for (JarEntry entry : (Iterable<JarEntry>) from.stream()::iterator) {
                    if (!entry.getName().equals(JarFile.MANIFEST_NAME)) {
                        to.putNextEntry(new JarEntry(entry.getName()));
                        from.getInputStream(entry).transferTo(to);
                    }
                }
            }
        }
        return bytes.toByteArray();
    }
}
