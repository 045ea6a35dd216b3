package dev.weft.host.e2e;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A mount namespace for one host: everything is read-only but its data directory, which is a small file system of its own, and the temporary
 * folder is mounted noexec and all but full. Closing it takes it away.
 */
final class HardPlace implements AutoCloseable {
    private static final int MIB = 64;
    private static final String SCRIPT =
            """
            set -e
            mkdir -p "$0/data" "$0/tmp"
            mount -t tmpfs -o size=%dm weft "$0/data"
            mount -t tmpfs -o size=64k,noexec weft "$0/tmp"
            mount -o remount,bind,ro /
            ! touch "$0/file" 2>/dev/null
            echo here
            exec cat
            """
                    .formatted(MIB);

    private final Path folder;
    private final Process holder;

    private HardPlace(Path folder, Process holder) {
        this.folder = folder;
        this.holder = holder;
    }

    /** Makes one.
     * @param folder of the host
     * @return empty where this is not allowed */
    static Optional<HardPlace> make(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Process holder =
                new ProcessBuilder("unshare", "-m", "sh", "-c", SCRIPT, folder.toString())
                        .redirectErrorStream(true)
                        .start();
        String first = holder.inputReader().readLine();
        if (!"here".equals(first)) {
            holder.destroyForcibly().waitFor();
            System.out.println("SKIPPED: mount namespaces are not allowed here: " + first);
            return Optional.empty();
        }
        return Optional.of(new HardPlace(folder, holder));
    }

    /** How a command is run in there. */
    List<String> command() {
        return List.of(
                "nsenter",
                "-t",
                String.valueOf(holder.pid()),
                "-m",
                "env",
                "WEFT_JAVA_OPTS=-Djava.io.tmpdir=" + folder.resolve("tmp"));
    }

    /** What is at that place in there, seen from outside. */
    Path path(Path inside) {
        return Path.of("/proc/" + holder.pid() + "/root" + inside.toAbsolutePath());
    }

    /** Leaves no byte free.
     * @return what to delete to make room again */
    Path fill() throws IOException {
        Path filler = path(folder.resolve("data/filler"));
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            for (int i = 0; i < MIB << 8; i++) {
                out.write(block);
            }
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).contains("No space")) {
                return filler;
            }
            throw e;
        }
        throw new IOException("it did not fill up");
    }

    /** What lies in there; "" if nothing does. */
    String read(Path inside) throws IOException {
        Path path = path(inside);
        return Files.exists(path) ? Files.readString(path, StandardCharsets.UTF_8) : "";
    }

    @Override
    public void close() throws IOException {
        holder.getOutputStream().close();
        holder.destroyForcibly();
    }
}
