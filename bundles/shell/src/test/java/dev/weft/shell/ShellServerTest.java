package dev.weft.shell;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

@Timeout(120)
class ShellServerTest {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir Path data;
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final List<AutoCloseable> open = new ArrayList<>();
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch waiting = new CountDownLatch(1);

    /** Commands of the test. */
    public final class Probe {
        /** Answers. */
        public String greet(String name) {
            return "hello " + name;
        }

        /** Fails. */
        public String fail() {
            throw new IllegalStateException("the lamp is broken\nand more");
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
    }

    @BeforeEach
    void start() {
        io.start();
        Probe probe = new Probe();
        for (String function : List.of("greet", "fail", "hang")) {
            gogo.addCommand("test", probe, function);
        }
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        gogo.stop();
        io.stop();
    }

    private ShellServer serve(boolean enabled, int sessions) {
        ShellServer server = new ShellServer(context(data), gogo, config(enabled, sessions));
        open.add(server::close);
        return server;
    }

    private final class Client implements AutoCloseable {
        final SocketChannel channel;
        final BufferedReader in;

        Client() throws IOException {
            channel =
                    SocketChannel.open(UnixDomainSocketAddress.of(data.resolve("run/shell.sock")));
            in =
                    new BufferedReader(
                            new InputStreamReader(
                                    Channels.newInputStream((ReadableByteChannel) channel),
                                    StandardCharsets.UTF_8));
            open.add(this);
        }

        void send(String text) throws IOException {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        }

        String ask(String line) throws IOException {
            send(line + "\n");
            return in.readLine();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    @Test
    void a_connection_is_a_session_that_answers_line_by_line() throws Exception {
        serve(true, 4);
        Client client = new Client();
        assertEquals("weft> hello wörld", client.ask("greet wörld"));
        assertEquals("weft> hello again", client.ask("x = again; test:greet $x"));
        assertEquals("weft> hello again", client.ask("greet $x"), "a session keeps its variables");
        client.send("\n# nothing\nprompt=''\n");
        assertEquals("weft> weft> weft> hello quiet", client.ask("greet quiet"));
        client.send("exit\n");
        assertNull(client.in.readLine());
    }

    @Test
    void an_error_is_one_line_and_the_session_goes_on() throws Exception {
        serve(true, 4);
        Client client = new Client();
        assertEquals("weft> error: the lamp is broken", client.ask("fail"));
        assertTrue(client.ask("nonsense:nothing").startsWith("weft> error: "));
        assertTrue(client.ask("greet 'unclosed").startsWith("weft> error: "));
        assertEquals("weft> hello you", client.ask("greet you"));
    }

    @Test
    void an_endless_line_ends_the_session_only() throws Exception {
        serve(true, 4);
        Client client = new Client();
        assertThrows(
                IOException.class,
                () -> {
                    for (int i = 0; i < 100; i++) {
                        client.send("x".repeat(10_000));
                    }
                    if (client.in.readLine() != null && client.in.read() < 0) {
                        throw new IOException("closed");
                    }
                });
        assertEquals("weft> hello you", new Client().ask("greet you"));
    }

    @Test
    void sessions_are_bounded_and_their_places_come_back() throws Exception {
        serve(true, 2);
        Client one = new Client();
        Client two = new Client();
        assertEquals("weft> hello a", one.ask("greet a"));
        assertEquals("weft> hello b", two.ask("greet b"));
        Client three = new Client();
        assertEquals("error: 2 shells are open already; close one first", three.in.readLine());
        assertNull(three.in.readLine());
        one.close();
        await().atMost(SOON)
                .until(
                        () -> {
                            try (Client next = new Client()) {
                                return "weft> hello c".equals(next.ask("greet c"));
                            } catch (IOException e) {
                                return false;
                            }
                        });
    }

    @Test
    void closing_ends_sessions_interrupts_commands_and_removes_the_socket() throws Exception {
        ShellServer server = serve(true, 4);
        Client idle = new Client();
        assertEquals("weft> hello a", idle.ask("greet a"));
        Client busy = new Client();
        busy.send("hang\n");
        assertTrue(waiting.await(60, TimeUnit.SECONDS));
        server.close();
        assertTrue(interrupted.await(60, TimeUnit.SECONDS));
        String rest = idle.in.readLine();
        assertTrue(rest == null || rest.equals("weft> "), rest);
        assertFalse(Files.exists(data.resolve("run/shell.sock")));
        await().atMost(SOON)
                .until(
                        () ->
                                Thread.getAllStackTraces().keySet().stream()
                                        .noneMatch(
                                                thread ->
                                                        thread.getName().startsWith("weft-shell")));
        server.close();
    }

    @Test
    void ctrl_c_interrupts_the_command_that_runs_and_the_session_goes_on() throws Exception {
        serve(true, 4);
        Client client = new Client();
        client.send("\u0003hang\n");
        assertTrue(waiting.await(20, TimeUnit.SECONDS));
        client.send("\u0003");
        assertTrue(interrupted.await(20, TimeUnit.SECONDS));
        assertEquals("weft> error: interrupted; the command is stopped", client.in.readLine());
        assertEquals("weft> hello you", client.ask("greet you"));
    }

    @Test
    void the_socket_is_for_its_owner_only_and_replaces_one_left_by_a_killed_process()
            throws Exception {
        Files.createDirectories(data.resolve("run"));
        Files.writeString(data.resolve("run/shell.sock"), "left");
        assertTrue(serve(true, 4).check().ok());
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(data.resolve("run/shell.sock"))));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("run"))));
        assertEquals("weft> hello you", new Client().ask("greet you"));
    }

    @Test
    void a_path_too_long_for_a_socket_is_a_warning_and_no_failure() {
        data = data.resolve("x".repeat(120));
        var status = serve(true, 4).check();
        assertFalse(status.ok());
        assertFalse(status.blocking());
        assertTrue(status.detail().contains("choose another data directory"), status.detail());
    }

    @Test
    void it_can_be_switched_off() {
        assertTrue(serve(false, 4).check().ok());
        assertFalse(Files.exists(data.resolve("run/shell.sock")));
    }

    private static BundleContext context(Path data) {
        return (BundleContext)
                Proxy.newProxyInstance(
                        ShellServerTest.class.getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) -> data.toString());
    }

    private static ShellServer.Config config(boolean enabled, int sessions) {
        return new ShellServer.Config() {
            @Override
            public boolean enabled() {
                return enabled;
            }

            @Override
            public int sessions() {
                return sessions;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return ShellServer.Config.class;
            }
        };
    }
}
