package dev.weft.shell.ssh;

import dev.weft.shell.line.ShellLine;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.ExternalTerminal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The other end of a client's terminal: lines are edited, remembered while the session lasts, and completed by {@code weft:complete}. */
final class LineEditor implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LineEditor.class);
    private static final int COLUMNS = 80;
    private static final int LINES = 24;

    private final Terminal terminal;
    private final PrintStream out;

    /**
     * @param type of the terminal, e.g. {@code xterm}
     * @param columns 0 if unknown
     * @param lines 0 if unknown */
    LineEditor(InputStream in, OutputStream out, String type, int columns, int lines)
            throws IOException {
        terminal = new ExternalTerminal("weft", type, in, out, StandardCharsets.UTF_8);
        resize(columns, lines);
        this.out = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
    }

    InputStream in() {
        return terminal.input();
    }

    PrintStream out() {
        return out;
    }

    void resize(int columns, int lines) {
        terminal.setSize(new Size(columns > 0 ? columns : COLUMNS, lines > 0 ? lines : LINES));
    }

    /** Reads lines until {@code exit} or the end. Ctrl-C clears a line, or interrupts the command that runs.
     * @param session knows the commands
     * @param runner runs a line */
    void serve(CommandSession session, Consumer<String> runner) {
        LineReader reader =
                LineReaderBuilder.builder()
                        .terminal(terminal)
                        .appName("weft")
                        .completer(
                                (lineReader, line, candidates) ->
                                        complete(session, line.line())
                                                .lines()
                                                .map(Candidate::new)
                                                .forEach(candidates::add))
                        .build();
        while (true) {
            String line;
            try {
                line = reader.readLine("weft> ").strip();
            } catch (UserInterruptException e) {
                continue;
            } catch (EndOfFileException e) {
                return;
            }
            if (line.equals("exit")) {
                return;
            }
            Terminal.SignalHandler before =
                    terminal.handle(Terminal.Signal.INT, signal -> ShellLine.interrupt(session));
            runner.accept(line);
            terminal.handle(Terminal.Signal.INT, before);
        }
    }

    /** What a line can go on with, one a line; "" where quotes would have to be read. */
    private static String complete(CommandSession session, String line) {
        if (line.chars().anyMatch(c -> "'\"\\{}$`".indexOf(c) >= 0)) {
            return "";
        }
        try {
            Object answer = session.execute("weft:complete '" + line + "'");
            return answer == null ? "" : answer.toString();
        } catch (Exception e) {
            LOG.debug("nothing to complete with: {}", e.toString());
            return "";
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
