package dev.weft.host.cli;

import dev.weft.host.launcher.HostException;
import dev.weft.host.launcher.Launcher;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft shell}: copies bytes between the terminal and the host's shell socket. */
@Command(name = "shell", description = "Attaches to the host's Felix (Gogo) shell; exit leaves it.")
final class ShellCommand extends HostCommand {
    /** Ctrl-C, as the host's shell understands it. */
    static final byte INTERRUPT = 0x03;

    @Option(names = "-c", paramLabel = "COMMANDS", description = "Runs these commands and leaves.")
    private String commands;

    @Parameters(
            arity = "0..1",
            paramLabel = "SCRIPT",
            description = "Runs the lines of this file and leaves.")
    private Path script;

    @Override
    void run() throws IOException {
        Path socket = connection().data().resolve("run/shell.sock");
        if (!Files.exists(socket)) {
            throw new HostException(
                    HostException.UNREACHABLE,
                    "no host with a shell runs on data directory "
                            + connection().data()
                            + "; start one with: weft run --data "
                            + connection().data());
        }
        String lines = lines();
        if (lines == null && System.console() != null) {
            try (ShellTerminal terminal = new ShellTerminal(socket)) {
                terminal.serve();
            }
            return;
        }
        if (lines == null) {
            attach(socket, System.in, System.out);
            return;
        }
        ScriptOutput output = new ScriptOutput(System.out);
        attach(
                socket,
                new ByteArrayInputStream(
                        ("prompt=''\n" + lines + "\n").getBytes(StandardCharsets.UTF_8)),
                output);
        if (output.failed()) {
            throw new HostException(HostException.FAILED, "a command failed; see above");
        }
    }

    private String lines() throws IOException {
        if (commands != null && script != null) {
            throw new HostException(HostException.USAGE, "give either -c or a script, not both");
        }
        if (script == null) {
            return commands;
        }
        if (!Files.isReadable(script)) {
            throw new HostException(HostException.USAGE, "no script can be read at " + script);
        }
        return Files.readString(script);
    }

    static void attachWhenReady(Path data, Launcher launcher) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                launcher.awaitReady();
                                attach(data.resolve("run/shell.sock"), System.in, System.out);
                                launcher.stop();
                            } catch (IOException e) {
                                System.out.println("weft: the shell ended: " + e.getMessage());
                            } catch (InterruptedException e) {
                                Thread.currentThread().interrupt();
                            }
                        },
                        "weft-shell");
        thread.setDaemon(true);
        thread.start();
    }

    private static void attach(Path socket, InputStream in, OutputStream out) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            Thread stop = new Thread(() -> interrupt(channel), "weft-shell-interrupt");
            Runtime.getRuntime().addShutdownHook(stop); // Ctrl-C here stops the command there
            Thread input = new Thread(() -> copyIn(in, channel), "weft-shell-input");
            input.setDaemon(true);
            input.start();
            ByteBuffer buffer = ByteBuffer.allocate(8192);
            while (channel.read(buffer) >= 0) {
                out.write(buffer.array(), 0, buffer.position());
                out.flush();
                buffer.clear();
            }
            Runtime.getRuntime().removeShutdownHook(stop);
        }
    }

    private static void interrupt(SocketChannel channel) {
        try {
            if (channel.isOpen()) {
                channel.write(ByteBuffer.wrap(new byte[] {INTERRUPT}));
            }
        } catch (IOException e) {
            Thread.currentThread().interrupt(); // the host's end is closed: nothing runs there
        }
    }

    /** Ends with {@code exit}, and not by closing this direction: a Ctrl-C is to get through until the last command is done. */
    private static void copyIn(InputStream in, SocketChannel channel) {
        byte[] bytes = new byte[8192];
        try {
            byte last = '\n';
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                write(channel, ByteBuffer.wrap(bytes, 0, count));
                last = count > 0 ? bytes[count - 1] : last;
            }
            String end = last == '\n' ? "exit\n" : "\nexit\n";
            write(channel, ByteBuffer.wrap(end.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            // the host closed the shell; the reading side sees that too and ends
            Thread.currentThread().interrupt();
        }
    }

    private static void write(SocketChannel channel, ByteBuffer part) throws IOException {
        while (part.hasRemaining()) {
            channel.write(part);
        }
    }
}
