package dev.weft.signaling.client;

import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocketHandshakeException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** What went wrong, in words. */
final class Failure {
    private Failure() {}

    /** Takes off the wrapping of futures. */
    static Throwable cause(Throwable e) {
        Throwable cause = e;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** Reads the refusal out of a failure.
     * @return null if the registry did not answer */
    static RefusedException refusal(Throwable e) {
        Throwable cause = cause(e);
        if (cause instanceof WebSocketHandshakeException handshake) {
            int status = handshake.getResponse().statusCode();
            return new RefusedException(status, "it refused the socket with status " + status);
        }
        return cause instanceof RefusedException refused ? refused : null;
    }

    /** Says it to people: the JDK leaves out most messages of its own. */
    static String words(Throwable e) {
        Throwable cause = cause(e);
        RefusedException refused = refusal(cause);
        if (refused != null) {
            return refused.getMessage();
        }
        for (Throwable deep = cause; deep != null; deep = deep.getCause()) {
            if (deep instanceof UnresolvedAddressException) {
                return "its host name is unknown";
            }
        }
        if (cause instanceof HttpTimeoutException || cause instanceof TimeoutException) {
            return "it did not answer in time";
        }
        if (cause instanceof ConnectException) {
            return "connection refused or no route";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}
