package dev.weft.shell.ssh;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ChannelShell;
import org.apache.sshd.client.channel.ClientChannel;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SshDoorTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path data;
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final SshClient client = SshClient.setUpDefaultClient();
    private final List<Audit.Entry> audited = new CopyOnWriteArrayList<>();
    private SshDoor door;

    /** Commands of the test. */
    public final class Probe {
        /** Answers. */
        public String greet(String name) {
            return "hello " + name;
        }

        /** Fails. */
        public String fail() {
            throw new IllegalStateException("the lamp is broken");
        }

        /** Never ends by itself. */
        public String hang() throws InterruptedException {
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
                return "";
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }

        /** Completes any line that begins with gr. */
        public String complete(String line) {
            return "greet".startsWith(line) ? "greet" : "";
        }
    }

    @BeforeEach
    void start() throws Exception {
        io.start();
        gogo.addCommand("test", new Probe(), "greet");
        gogo.addCommand("test", new Probe(), "fail");
        gogo.addCommand("test", new Probe(), "hang");
        gogo.addCommand("weft", new Probe(), "complete");
        Files.createDirectories(data.resolve("run"));
        Files.createDirectories(data.resolve("etc"));
        open(Map.of());
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        client.start();
    }

    private void open(Map<String, Object> settings) throws IOException {
        if (door != null) {
            door.close();
        }
        SshAccess access = new SshAccess(keys(), audit(), data.resolve("etc/authorized_keys"));
        door = new SshDoor(data, gogo, access, config(settings));
    }

    @AfterEach
    void stop() {
        client.stop();
        door.close();
        gogo.stop();
        io.stop();
    }

    private ClientSession connect() throws IOException {
        return client.connect("weft", "127.0.0.1", door.port()).verify(SOON).getSession();
    }

    private ClientSession login(String password) throws IOException {
        ClientSession session = connect();
        session.addPasswordIdentity(password);
        session.auth().verify(SOON);
        return session;
    }

    @Test
    void admin_runs_commands_with_an_access_key_and_learns_of_failures() throws Exception {
        try (ClientSession session = login("admin-key")) {
            assertEquals("hello you\n", session.executeRemoteCommand("greet you"));
            Result failed = execute(session, "fail");
            assertEquals(1, failed.status);
            assertEquals("error: the lamp is broken\n", failed.text);
        }
        assertTrue(
                audited.contains(
                        new Audit.Entry("key-a", "admin", "shell.ssh", "127.0.0.1", "ok", "")),
                audited.toString());
    }

    @Test
    void wrong_and_lesser_keys_are_turned_away_audited_and_then_made_to_wait() throws Exception {
        assertThrows(SshException.class, () -> login("operator-key"));
        for (int i = 1; i < Failures.MOST; i++) {
            assertThrows(SshException.class, () -> login("guess"));
        }
        assertThrows(SshException.class, () -> login("admin-key"), "the address waits");
        List<String> outcomes = audited.stream().map(Audit.Entry::outcome).distinct().toList();
        assertEquals(List.of("forbidden", "denied", "rate_limited"), outcomes);
        assertFalse(audited.toString().contains("guess"), "no password in the log");
    }

    @Test
    void authorized_keys_let_in_unless_others_may_write_them_or_they_carry_options()
            throws Exception {
        Path file = data.resolve("etc/authorized_keys");
        KeyPair mine = KeyUtils.generateKeyPair("ssh-ed25519", 256);
        String line = PublicKeyEntry.toString(mine.getPublic());
        assertThrows(SshException.class, () -> login(mine), "there is no such file");
        Files.writeString(file, "# people\n" + line + " me@home\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (ClientSession session = login(mine)) {
            assertEquals("hello key\n", session.executeRemoteCommand("greet key"));
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThrows(SshException.class, () -> login(mine));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "command=\"weft:peers\" " + line + "\n");
        assertThrows(SshException.class, () -> login(mine));
        Files.writeString(
                file,
                PublicKeyEntry.toString(
                                KeyUtils.generateKeyPair("ecdsa-sha2-nistp256", 256).getPublic())
                        + "\n");
        assertThrows(SshException.class, () -> login(mine));
    }

    private ClientSession login(KeyPair pair) throws IOException {
        ClientSession session = connect();
        session.addPublicKeyIdentity(pair);
        session.auth().verify(SOON);
        return session;
    }

    @Test
    void host_key_is_kept_and_its_owners_alone_and_the_port_is_told() throws Exception {
        Path key = data.resolve("keys/ssh_host_key");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        byte[] before = Files.readAllBytes(key);
        open(Map.of());
        assertTrue(java.util.Arrays.equals(before, Files.readAllBytes(key)));
        assertEquals(door.port(), Integer.parseInt(Files.readString(data.resolve("run/ssh.port"))));
    }

    /** Opens a terminal, up to its first prompt. */
    private static OutputStream terminal(ChannelShell shell, ByteArrayOutputStream screen)
            throws Exception {
        shell.setUsePty(true);
        shell.setPtyType("xterm");
        shell.setOut(screen);
        shell.open().verify(SOON);
        sees(screen, "weft> ");
        return shell.getInvertedIn();
    }

    @Test
    void terminal_edits_and_completes_lines() throws Exception {
        try (ClientSession session = login("admin-key");
                ChannelShell shell = session.createShellChannel()) {
            ByteArrayOutputStream screen = new ByteArrayOutputStream();
            OutputStream keyboard = terminal(shell, screen);
            type(keyboard, "gx\u007fr\tyou\r"); // a slip, a backspace, and Tab for the rest
            sees(screen, "hello you");
            type(keyboard, "fail\r");
            sees(screen, "error: the lamp is broken");
            type(keyboard, "exit\r");
            shell.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), SOON);
            assertEquals(0, shell.getExitStatus());
        }
    }

    @Test
    void ctrl_c_at_a_terminal_interrupts_the_command_and_not_the_session() throws Exception {
        try (ClientSession session = login("admin-key");
                ChannelShell shell = session.createShellChannel()) {
            ByteArrayOutputStream screen = new ByteArrayOutputStream();
            OutputStream keyboard = terminal(shell, screen);
            type(keyboard, "hang\r");
            assertTrue(waiting.await(30, TimeUnit.SECONDS));
            type(keyboard, "\u0003");
            assertTrue(interrupted.await(30, TimeUnit.SECONDS));
            type(keyboard, "greet you\r");
            sees(screen, "hello you");
        }
    }

    @Test
    void command_is_interrupted_when_its_client_goes() throws Exception {
        try (ClientSession session = login("admin-key");
                ClientChannel channel = session.createExecChannel("hang")) {
            channel.open().verify(SOON);
            assertTrue(waiting.await(30, TimeUnit.SECONDS));
        }
        assertTrue(interrupted.await(30, TimeUnit.SECONDS));
    }

    @Test
    void script_is_read_from_a_pipe_and_tells_if_a_line_failed() throws Exception {
        try (ClientSession session = login("admin-key");
                ChannelShell shell = session.createShellChannel()) {
            ByteArrayOutputStream screen = new ByteArrayOutputStream();
            shell.setUsePty(false);
            shell.setOut(screen);
            shell.open().verify(SOON);
            type(shell.getInvertedIn(), "greet a\n# a remark\nfail\ngreet b\nexit\n");
            shell.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), SOON);
            assertEquals(
                    "hello a\nerror: the lamp is broken\nhello b\n",
                    screen.toString(StandardCharsets.UTF_8));
            assertEquals(1, shell.getExitStatus());
        }
    }

    @Test
    void nothing_but_shells_is_served() throws Exception {
        try (ClientSession session = login("admin-key")) {
            assertThrows(
                    IOException.class,
                    () ->
                            session.createDirectTcpipChannel(
                                            SshdSocketAddress.LOCALHOST_ADDRESS,
                                            new SshdSocketAddress("127.0.0.1", door.port()))
                                    .open()
                                    .verify(SOON));
            try (ClientChannel files = session.createSubsystemChannel("sftp")) {
                files.open().verify(SOON);
                assertTrue(
                        files.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), SOON)
                                .contains(ClientChannelEvent.CLOSED));
            }
        }
    }

    @Test
    void passwords_can_be_switched_off() throws Exception {
        open(Map.of("passwords", false));
        assertThrows(SshException.class, () -> login("admin-key"));
    }

    private record Result(Integer status, String text) {}

    private static Result execute(ClientSession session, String command) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ClientChannel channel = session.createExecChannel(command)) {
            channel.setOut(out);
            channel.open().verify(SOON);
            channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), SOON);
            return new Result(channel.getExitStatus(), out.toString(StandardCharsets.UTF_8));
        }
    }

    private static void type(OutputStream keyboard, String text) throws IOException {
        keyboard.write(text.getBytes(StandardCharsets.UTF_8));
        keyboard.flush();
    }

    private static void sees(ByteArrayOutputStream screen, String text) {
        await(text)
                .atMost(SOON)
                .until(() -> screen.toString(StandardCharsets.UTF_8).contains(text));
    }

    private static AccessKeys keys() {
        Map<String, Principal> all =
                Map.of(
                        "admin-key", new Principal("key-a", Role.ADMIN),
                        "operator-key", new Principal("key-o", Role.OPERATOR));
        return (AccessKeys)
                Proxy.newProxyInstance(
                        SshDoorTest.class.getClassLoader(),
                        new Class<?>[] {AccessKeys.class},
                        (proxy, method, arguments) -> Optional.ofNullable(all.get(arguments[0])));
    }

    private Audit audit() {
        return (Audit)
                Proxy.newProxyInstance(
                        SshDoorTest.class.getClassLoader(),
                        new Class<?>[] {Audit.class},
                        (proxy, method, arguments) -> {
                            audited.add((Audit.Entry) arguments[0]);
                            return null;
                        });
    }

    private static SshConfig config(Map<String, Object> settings) {
        return new SshConfig() {
            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public String address() {
                return "127.0.0.1";
            }

            @Override
            public int port() {
                return 0;
            }

            @Override
            public int sessions() {
                return 4;
            }

            @Override
            public boolean passwords() {
                return (boolean) settings.getOrDefault("passwords", true);
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return SshConfig.class;
            }
        };
    }
}
