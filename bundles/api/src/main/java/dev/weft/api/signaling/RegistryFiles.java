package dev.weft.api.signaling;

import java.util.concurrent.CompletableFuture;
import org.osgi.annotation.versioning.ProviderType;

/** Files that the registry shows to its members, such as those of its repository of skills. Thread-safe; nothing here blocks. */
@ProviderType
public interface RegistryFiles {
    /** Reads a file with this host's own credentials, at the registry that it is connected to now.
     * @param path from {@code /} on, without query
     * @param most more bytes are an error, before they are held
     * @return its bytes; fails with {@link java.nio.file.NoSuchFileException} if there is none, and otherwise with an
     *     {@link java.io.IOException} whose message is fit for people. A connection that is cut is made anew, and goes on where it ended if the registry can. Bounded by two minutes. */
    CompletableFuture<byte[]> read(String path, long most);
}
