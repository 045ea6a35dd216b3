package dev.weft.shell.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.sshd.common.io.nio2.Nio2ServiceFactoryFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SSH server: shells and single commands, and nothing else: no forwarding, no files, no agent. */
final class SshDoor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SshDoor.class);
    private static final int TRIES = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration IDLE = Duration.ofHours(1);
    private static final int THREADS = 2;

    private final SshServer server = SshServer.setUpDefaultServer();

    /** Listens.
     * @param data where the host key is kept, and made if it is not there
     * @throws IOException if it cannot listen, or the key cannot be used */
    SshDoor(Path data, CommandProcessor processor, SshAccess access, SshConfig config)
            throws IOException {
        server.setHost(config.address());
        server.setPort(config.port());
        server.setKeyPairProvider(hostKey(data.resolve("keys").resolve("ssh_host_key")));
        server.setPublickeyAuthenticator(access);
        server.setPasswordAuthenticator(access);
        server.setUserAuthFactories(
                config.passwords()
                        ? List.of(
                                UserAuthPublicKeyFactory.INSTANCE, UserAuthPasswordFactory.INSTANCE)
                        : List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setAgentFactory(null);
        server.setSubsystemFactories(List.of());
        server.setShellFactory(channel -> new SshSession(processor, null));
        server.setCommandFactory((channel, command) -> new SshSession(processor, command));
        // not by ServiceLoader, which looks at the thread's class loader
        server.setIoServiceFactoryFactory(new Nio2ServiceFactoryFactory());
        CoreModuleProperties.NIO_WORKERS.set(server, THREADS);
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, TRIES);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, PATIENCE);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, IDLE);
        CoreModuleProperties.MAX_CONCURRENT_SESSIONS.set(server, Math.max(1, config.sessions()));
        server.addSessionListener(
                new SessionListener() {
                    @Override
                    public void sessionEvent(Session session, Event event) {
                        if (event == Event.Authenticated) {
                            access.opened((ServerSession) session);
                        }
                    }
                });
        server.start();
        Files.writeString(data.resolve("run").resolve("ssh.port"), Integer.toString(port()));
    }

    /** Made at the first start; the file is its owner's alone before anything is in it. */
    private static SimpleGeneratorHostKeyProvider hostKey(Path file) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling("ssh_host_key.new");
            Files.deleteIfExists(fresh);
            SimpleGeneratorHostKeyProvider maker = provider(fresh);
            maker.loadKeys(null);
            if (fresh.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
            }
            Files.move(fresh, file);
        }
        SimpleGeneratorHostKeyProvider provider = provider(file);
        if (!provider.loadKeys(null).iterator().hasNext()) {
            throw new IOException(
                    file + " holds no key; remove it, and a new one is made at the next start");
        }
        return provider;
    }

    private static SimpleGeneratorHostKeyProvider provider(Path file) {
        SimpleGeneratorHostKeyProvider provider = new SimpleGeneratorHostKeyProvider(file);
        provider.setAlgorithm("EC");
        provider.setKeySize(256);
        provider.setOverwriteAllowed(false);
        return provider;
    }

    int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        try {
            server.stop(true);
        } catch (IOException e) {
            LOG.warn("the SSH server does not stop: {}", e.toString());
        }
    }
}
