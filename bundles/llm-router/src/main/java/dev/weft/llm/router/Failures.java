package dev.weft.llm.router;

import dev.weft.api.llm.ProviderException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;

/** Reads what went wrong in a provider. */
final class Failures {
    private static final int LONGEST = 500;

    private Failures() {}

    /** One line for people.
     * @param failure what was thrown
     * @return its message, shortened, with its kind if the message alone says little */
    static String describe(Throwable failure) {
        Throwable told = failure;
        while (told.getMessage() == null && told.getCause() != null) {
            told = told.getCause();
        }
        String message =
                told.getMessage() == null ? "" : told.getMessage().strip().replaceAll("\\s+", " ");
        String line = told.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
        return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
    }

    /** Tells whether the caller gave up: then no other provider must be asked.
     * @param failure what was thrown
     * @return true if this thread was interrupted */
    static boolean isInterrupted(Throwable failure) {
        if (Thread.currentThread().isInterrupted()) {
            return true;
        }
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            boolean timeout = cause instanceof java.net.SocketTimeoutException;
            if (cause instanceof InterruptedException
                    || cause instanceof ClosedByInterruptException
                    || cause instanceof InterruptedIOException && !timeout) {
                return true;
            }
        }
        return false;
    }

    /** Tells whether a failed call may cost something: the server may have worked on it.
     * @param failure what was thrown
     * @return false if the server turned it away or was never reached */
    static boolean mayHaveCost(Throwable failure) {
        return failure instanceof Relay.BrokenException
                || failure instanceof ProviderException known
                        && (known.kind() == ProviderException.Kind.TIMEOUT
                                || known.kind() == ProviderException.Kind.BAD_ANSWER);
    }
}
