package dev.weft.catalog;

import dev.weft.api.signaling.RegistryFiles;
import dev.weft.skill.repository.Source;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The repository of this host's registry, wherever that is now: members read it with their own credentials. */
final class RegistrySource implements Source {
    /** What people write as its address. */
    static final String ADDRESS = "registry";

    /** A little more than the connection itself takes, which says better what was slow. */
    private static final long WHOLE_SECONDS = 130;

    private final Supplier<RegistryFiles> registry;

    /** Begins.
     * @param registry gives null while there is none */
    RegistrySource(Supplier<RegistryFiles> registry) {
        this.registry = registry;
    }

    @Override
    public byte[] read(String name, long most) throws IOException {
        RegistryFiles files = registry.get();
        if (files == null) {
            throw new IOException("this host has no connection to a registry");
        }
        CompletableFuture<byte[]> answer = files.read("/repository/" + name, most);
        try {
            return answer.get(WHOLE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("the registry took longer than " + WHOLE_SECONDS + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(name + " was not read to the end");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException told ? told : new IOException(e.getCause());
        }
    }
}
