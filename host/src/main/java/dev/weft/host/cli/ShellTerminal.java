package dev.weft.host.cli;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/** A person at the shell: lines are edited, remembered and completed here, and run at the host. */
final class ShellTerminal implements AutoCloseable {
    private static final String PROMPT = "weft> ";
    private static final int COLUMNS = 80;
    private static final int LINES = 24;

    /** Ends each answer: it cannot stand in one that is text. */
    private static final char END = '\u0004';

    private final SocketChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(8192).flip();

    ShellTerminal(Path socket) throws IOException {
        channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(socket));
        readTo(' ', null); // the prompt that the host begins with
        send("prompt='" + END + "'");
        readTo(END, null); // what the assignment printed
        readTo(END, null);
    }

    /** Reads lines until {@code exit} or the end of the terminal. */
    void serve() throws IOException {
        try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
            if (terminal.getWidth() <= 0) { // e.g. of a program that watches over a pty
                terminal.setSize(new Size(COLUMNS, LINES));
            }
            LineReader reader =
                    LineReaderBuilder.builder()
                            .terminal(terminal)
                            .appName("weft")
                            .completer(
                                    (lineReader, line, candidates) ->
                                            complete(line.line())
                                                    .lines()
                                                    .map(Candidate::new)
                                                    .forEach(candidates::add))
                            .build();
            while (true) {
                String line;
                try {
                    line = reader.readLine(PROMPT).strip();
                } catch (UserInterruptException e) {
                    continue;
                } catch (EndOfFileException e) {
                    return;
                }
                if (line.equals("exit")) {
                    return;
                }
                Terminal.SignalHandler before =
                        terminal.handle(Terminal.Signal.INT, signal -> interrupt());
                send(line);
                readTo(END, terminal);
                terminal.handle(Terminal.Signal.INT, before);
            }
        } catch (EOFException e) {
            System.out.println("weft: the host closed the shell");
        }
    }

    /** What a line can go on with, one a line; "" where quotes would have to be read. */
    String complete(String line) {
        if (line.chars().anyMatch(c -> "'\"\\{}$`\n".indexOf(c) >= 0)) {
            return "";
        }
        try {
            send("weft:complete '" + line + "'");
            return readTo(END, null);
        } catch (IOException e) {
            return "";
        }
    }

    /** Stops the command that runs. */
    private void interrupt() {
        try {
            channel.write(ByteBuffer.wrap(new byte[] {ShellCommand.INTERRUPT}));
        } catch (IOException e) {
            // the host closed the shell, which the reading side sees too
            Thread.currentThread().interrupt();
        }
    }

    private void send(String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Reads to a character, which is left out.
     * @param terminal shows it as it comes; null: it is returned */
    private String readTo(char end, Terminal terminal) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        while (true) {
            while (buffer.hasRemaining()) {
                byte next = buffer.get();
                if (next == end) {
                    return flush(text, terminal);
                }
                text.write(next);
            }
            if (terminal != null) {
                flush(text, terminal);
                text.reset();
            }
            buffer.clear();
            int count = channel.read(buffer);
            buffer.flip();
            if (count < 0) {
                throw new EOFException("the host closed the shell");
            }
        }
    }

    private static String flush(ByteArrayOutputStream text, Terminal terminal) throws IOException {
        if (terminal == null) {
            return text.toString(StandardCharsets.UTF_8);
        }
        terminal.output().write(text.toByteArray());
        terminal.flush();
        return "";
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
