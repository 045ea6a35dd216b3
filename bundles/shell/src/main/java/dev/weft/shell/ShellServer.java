package dev.weft.shell;

import dev.weft.api.health.HealthCheck;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the owner of the data directory into the Gogo shell: a Unix domain socket, {@code run/shell.sock}, which the file
 * system guards (folder 0700, socket 0600). If it cannot be opened the host runs without, and the health check says why.
 */
@Component(service = HealthCheck.class, immediate = true, configurationPid = "dev.weft.shell")
@Designate(ocd = ShellServer.Config.class)
public final class ShellServer implements HealthCheck {
    /** Whether and for how many. */
    @ObjectClassDefinition(name = "Weft shell")
    public @interface Config {
        /** Whether the socket is opened.
         * @return false for no shell */
        @AttributeDefinition(description = "whether the socket is opened")
        boolean enabled() default true;

        /** Most connections at once.
         * @return at least 1 */
        @AttributeDefinition(description = "most connections at once")
        int sessions() default 4;
    }

    private static final Logger LOG = LoggerFactory.getLogger(ShellServer.class);

    private final CommandProcessor processor;
    private final int most;
    private final Path socket;
    private final Map<ShellSession, Thread> sessions = new ConcurrentHashMap<>();
    private final ServerSocketChannel server; // null if the shell is off or could not be opened
    private final Status status;

    /** Opens the socket.
     * @param context tells the data directory
     * @param processor Gogo
     * @param config whether and for how many */
    @Activate
    public ShellServer(
            BundleContext context, @Reference CommandProcessor processor, Config config) {
        this.processor = processor;
        this.most = Math.max(1, config.sessions());
        this.socket =
                Path.of(context.getProperty("weft.data"), "run", "shell.sock").toAbsolutePath();
        ServerSocketChannel opened = null;
        Status outcome = Status.OK;
        if (config.enabled()) {
            try {
                opened = open();
            } catch (IOException | UnsupportedOperationException e) {
                outcome =
                        Status.warning(
                                "the shell's socket "
                                        + socket
                                        + " cannot be opened ("
                                        + e.getMessage()
                                        + "); its path may have about 100 characters and its folder must be writable: choose another data directory, or set enabled=false in dev.weft.shell");
                LOG.warn("{}", outcome.detail());
            }
        }
        server = opened;
        status = outcome;
        if (server != null) {
            start("weft-shell", this::accept);
        }
    }

    private ServerSocketChannel open() throws IOException {
        Path folder = Files.createDirectories(socket.getParent());
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        if (posix) { // before the socket is there: nobody else may come through in between
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        Files.deleteIfExists(
                socket); // left by a killed process; the data directory is locked by this one
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket), most);
            if (posix) {
                Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static Thread start(String name, Runnable body) {
        Thread thread = new Thread(null, body, name, 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ShellServer.class.getClassLoader());
        thread.start();
        return thread;
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                if (sessions.size() >= most) {
                    try (channel;
                            var out = ShellSession.output(channel)) {
                        out.println("error: " + most + " shells are open already; close one first");
                    }
                } else {
                    ShellSession session = new ShellSession(processor, channel);
                    // entered before it starts, so that it counts at once and can be closed
                    sessions.put(session, Thread.currentThread());
                    sessions.replace(session, start("weft-shell-session", () -> serve(session)));
                }
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                LOG.warn("the shell cannot take a connection: {}", e.toString());
                LockSupport.parkNanos(
                        TimeUnit.MILLISECONDS.toNanos(
                                200)); // e.g. too many open files: it will not pass at once
            }
        }
    }

    private void serve(ShellSession session) {
        try {
            session.run();
        } finally {
            sessions.remove(session);
        }
    }

    /** Ends all sessions and takes the socket away. */
    @Deactivate
    public void close() {
        if (server == null) {
            return;
        }
        try {
            server.close();
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("the shell's socket {} cannot be removed: {}", socket, e.toString());
        }
        sessions.forEach(
                (session, thread) -> {
                    session.close();
                    thread.interrupt(); // a command may be waiting for something else than its
                    // connection
                });
    }

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public Status check() {
        return status;
    }
}
