package dev.weft.skill.repository;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** A repository in a folder, such as on a USB stick. Follows no link out of it. */
final class FolderSource implements Source {
    private final Path folder;

    FolderSource(Path folder) {
        this.folder = folder;
    }

    @Override
    public byte[] read(String name, long most) throws IOException {
        Check.file(name);
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new NoSuchFileException(file.toString());
        }
        Path real = file.toRealPath();
        if (!real.startsWith(folder.toRealPath())) {
            throw new CatalogException(
                    CatalogException.Code.MALFORMED, name + " is a link out of the repository");
        }
        try (InputStream in = Files.newInputStream(real)) {
            return bounded(name, in, most);
        }
    }

    static byte[] bounded(String name, InputStream in, long most) throws IOException {
        byte[] bytes = in.readNBytes((int) Math.min(most + 1, Integer.MAX_VALUE - 8));
        if (bytes.length > most) {
            throw new CatalogException(
                    CatalogException.Code.MALFORMED,
                    name + " is larger than the " + most + " bytes that it may have");
        }
        return bytes;
    }
}
