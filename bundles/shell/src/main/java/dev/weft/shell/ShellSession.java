package dev.weft.shell;

import dev.weft.shell.line.ShellLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a line, runs it, prints the result, until {@code exit} or the end of the stream. A byte {@code 0x03} (Ctrl-C) between
 * lines is nothing; while a command runs it interrupts the command.
 */
final class ShellSession implements Runnable, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ShellSession.class);
    private static final int LONGEST_LINE = 64 << 10;

    private final CommandProcessor processor;
    private final SocketChannel channel;

    ShellSession(CommandProcessor processor, SocketChannel channel) {
        this.processor = processor;
        this.channel = channel;
    }

    @Override
    public void run() {
        try (channel;
                ShellInput in = new ShellInput(Channels.newInputStream(new Reading()));
                PrintStream out = output(channel);
                CommandSession session = processor.createSession(in, out, out)) {
            session.put("prompt", "weft> ");
            in.start(() -> ShellLine.interrupt(session));
            serve(session, in, out);
        } catch (IOException e) {
            LOG.debug("a shell connection broke: {}", e.toString());
        }
    }

    static PrintStream output(SocketChannel channel) {
        return new PrintStream(
                Channels.newOutputStream(new Writing(channel)), true, StandardCharsets.UTF_8);
    }

    private void serve(CommandSession session, InputStream in, PrintStream out) throws IOException {
        while (channel.isOpen() && !out.checkError()) {
            Object prompt = session.get("prompt");
            out.print(prompt == null ? "" : prompt);
            out.flush();
            String line = line(in);
            if (line == null || line.strip().equals("exit")) {
                return;
            }
            ShellLine.run(session, line.strip(), out);
        }
    }

    /** Null at the end of the stream. */
    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
            }
            if (line.size() == LONGEST_LINE) {
                throw new IOException("a line is longer than " + LONGEST_LINE + " bytes");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("a shell connection does not close: {}", e.toString());
        }
    }

    // Streams made of the channel itself share one lock for reading and writing: output would wait
    // for the next input.
    private final class Reading implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer target) throws IOException {
            return channel.read(target);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Writing(SocketChannel channel) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            return channel.write(source);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
