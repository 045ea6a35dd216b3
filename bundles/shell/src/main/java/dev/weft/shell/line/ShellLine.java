package dev.weft.shell.line;

import java.io.PrintStream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Job;

/** One line of a shell, typed at the socket or over SSH. */
public final class ShellLine {
    private ShellLine() {}

    /** Runs a line and prints its result, or in one line why there is none. Whatever a command throws ends the command, not the session.
     * @param session runs it
     * @param line stripped; one that is empty or begins with {@code #} is nothing
     * @param out where it is printed
     * @return false if it failed */
    public static boolean run(CommandSession session, String line, PrintStream out) {
        if (line.isEmpty() || line.startsWith("#")) {
            return true;
        }
        try {
            Object result = session.execute(line);
            CharSequence shown = result == null ? null : session.format(result, Converter.INSPECT);
            if (shown != null && !shown.isEmpty()) {
                out.println(shown);
            }
            return true;
        } catch (Exception | LinkageError | StackOverflowError e) {
            Throwable cause = e.getCause() != null && e.getMessage() == null ? e.getCause() : e;
            out.println("error: " + reason(cause));
            return false;
        }
    }

    private static String reason(Throwable cause) {
        if (cause instanceof InterruptedException) {
            return "interrupted; the command is stopped";
        }
        String message = cause.getMessage();
        String first = message == null ? "" : message.lines().findFirst().orElse("");
        return first.isBlank() ? cause.getClass().getSimpleName() : first;
    }

    /** Interrupts the command that runs, which has a thread of its own; without one it is nothing.
     * @param session runs it; may be called on any thread */
    public static void interrupt(CommandSession session) {
        Job job = session.foregroundJob();
        if (job != null) {
            job.interrupt();
        }
    }
}
