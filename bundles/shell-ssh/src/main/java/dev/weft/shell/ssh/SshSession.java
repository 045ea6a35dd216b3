package dev.weft.shell.ssh;

import dev.weft.shell.line.ShellLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.Signal;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One shell, or one command line, of a client. At a terminal lines are edited and completed here; from a pipe they are read as they come, and
 * the exit status is 1 if one of them failed.
 */
final class SshSession implements Command, Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SshSession.class);

    private final CommandProcessor processor;
    private final String line;
    private InputStream in;
    private OutputStream out;
    private ExitCallback exit;
    private Environment environment;
    private volatile Thread thread;
    private boolean failed;

    /**
     * @param line the one line to run; null for a shell */
    SshSession(CommandProcessor processor, String line) {
        this.processor = processor;
        this.line = line;
    }

    @Override
    public void setInputStream(InputStream in) {
        this.in = in;
    }

    @Override
    public void setOutputStream(OutputStream out) {
        this.out = out;
    }

    @Override
    public void setErrorStream(OutputStream err) {
        // one stream: what is wrong stands where it happened
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        this.exit = callback;
    }

    @Override
    public void start(ChannelSession channel, Environment env) {
        environment = env;
        Thread made = new Thread(null, this, "weft-shell-ssh", 0, false);
        made.setDaemon(true);
        made.setContextClassLoader(SshSession.class.getClassLoader());
        thread = made;
        made.start();
    }

    @Override
    public void destroy(ChannelSession channel) {
        Thread running = thread;
        if (running != null) {
            running.interrupt(); // a command may be waiting for something else than its client
        }
    }

    @Override
    public void run() {
        Map<String, String> variables = environment.getEnv();
        try {
            if (line == null && variables.containsKey(Environment.ENV_TERM)) {
                terminal(variables);
            } else {
                pipe();
            }
        } catch (IOException | RuntimeException e) {
            LOG.debug("a shell over SSH broke: {}", e.toString());
            failed = true;
        } finally {
            thread = null;
            exit.onExit(failed ? 1 : 0);
        }
    }

    private void pipe() throws IOException {
        try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
                CommandSession session = processor.createSession(in, print, print)) {
            if (line != null) {
                execute(session, line, print);
                return;
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String next = lines.readLine();
                    next != null && !next.strip().equals("exit");
                    next = lines.readLine()) {
                execute(session, next.strip(), print);
            }
        }
    }

    private void terminal(Map<String, String> variables) throws IOException {
        try (LineEditor editor =
                        new LineEditor(
                                in,
                                out,
                                variables.get(Environment.ENV_TERM),
                                number(variables.get(Environment.ENV_COLUMNS)),
                                number(variables.get(Environment.ENV_LINES)));
                CommandSession session =
                        processor.createSession(editor.in(), editor.out(), editor.out())) {
            environment.addSignalListener(
                    (channel, signal) ->
                            editor.resize(
                                    number(environment.getEnv().get(Environment.ENV_COLUMNS)),
                                    number(environment.getEnv().get(Environment.ENV_LINES))),
                    Signal.WINCH);
            editor.serve(session, text -> execute(session, text, editor.out()));
            failed = false; // a person has seen what failed
        }
    }

    private static int number(String text) {
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void execute(CommandSession session, String text, PrintStream print) {
        failed |= !ShellLine.run(session, text, print);
        print.flush();
    }
}
