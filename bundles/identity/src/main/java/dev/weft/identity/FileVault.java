package dev.weft.identity;

import dev.weft.api.identity.SecretFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Files in {@code keys/} of the data directory, which one host has for itself. Enabled by {@link VaultChoice}. */
@Component(service = Vault.class, enabled = false)
public final class FileVault implements Vault {
    private final DataFolder data;

    /** Opens the folder.
     * @param context tells the data directory */
    @Activate
    public FileVault(BundleContext context) {
        this(DataFolder.of(context));
    }

    FileVault(DataFolder data) {
        this.data = data;
    }

    private Path file(String name) {
        return data.resolve("keys/" + name);
    }

    @Override
    public Optional<Text> read(String name) {
        Path file = file(name);
        try {
            return Files.exists(file)
                    ? Optional.of(
                            new Text(
                                    new String(Files.readAllBytes(file), StandardCharsets.UTF_8),
                                    0))
                    : Optional.empty();
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
    }

    @Override
    public boolean write(String name, String content, Text before) {
        Path file = file(name);
        try {
            if (before == null) {
                SecretFile.create(file, content);
            } else {
                SecretFile.replace(file, content);
            }
            return true;
        } catch (FileAlreadyExistsException raced) {
            return false; // made in between by the same owner
        } catch (IOException e) {
            throw DataFolder.unusable(file, e);
        }
    }

    @Override
    public String place(String name) {
        return file(name).toString();
    }

    @Override
    public Runnable watch(Runnable changed) {
        return () -> {};
    }

    @Override
    public Duration settles() {
        return Duration.ZERO;
    }
}
