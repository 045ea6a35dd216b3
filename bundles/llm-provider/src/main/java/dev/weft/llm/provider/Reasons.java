package dev.weft.llm.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.weft.api.llm.ProviderException;
import dev.weft.api.llm.ProviderException.Kind;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;

/** Turns what a client library throws into what the router and people can act on. No message keeps the key. */
final class Reasons {
    private static final int LONGEST = 500;
    private static final int DEEPEST = 20;

    private final String id;
    private final URI server;

    Reasons(String id, URI server) {
        this.id = id;
        this.server = server;
    }

    /** Reads a failure.
     * @param failure what was thrown
     * @param secret the key that was sent; cut out of messages
     * @return a {@link ProviderException}, or the failure itself if the caller was interrupted */
    RuntimeException explain(Throwable failure, Optional<String> secret) {
        if (failure instanceof ProviderException known) {
            return known;
        }
        HttpFailure http = cause(failure, HttpFailure.class);
        if (http != null) {
            return exception(
                    kind(http.statusCode()), status(http), http.retryAfter(), failure, secret);
        }
        if (cause(failure, InterruptedException.class) != null
                || cause(failure, InterruptedIOException.class) != null) {
            return failure instanceof RuntimeException interrupted
                    ? interrupted
                    : new IllegalStateException(failure);
        }
        if (cause(failure, TimeoutException.class) != null) {
            return exception(
                    Kind.TIMEOUT, "no whole answer within timeout_seconds", null, failure, secret);
        }
        if (cause(failure, ConnectException.class) != null) {
            return exception(
                    Kind.UNAVAILABLE,
                    "cannot connect to "
                            + server.getScheme()
                            + "://"
                            + server.getAuthority()
                            + "; check base_url and that the server runs",
                    null,
                    failure,
                    secret);
        }
        if (cause(failure, JsonProcessingException.class) != null) {
            return exception(
                    Kind.BAD_ANSWER,
                    "the server's answer is not the JSON that its protocol says",
                    null,
                    failure,
                    secret);
        }
        if (cause(failure, IOException.class) != null) {
            return exception(
                    Kind.UNAVAILABLE,
                    "the connection broke: " + text(failure),
                    null,
                    failure,
                    secret);
        }
        if (cause(failure, RejectedExecutionException.class) != null) {
            return exception(
                    Kind.UNAVAILABLE, "this host does too much at once", null, failure, secret);
        }
        if (cause(failure, UnsupportedFeatureException.class) != null) {
            return exception(Kind.REFUSED, text(failure), null, failure, secret);
        }
        return exception(Kind.BAD_ANSWER, text(failure), null, failure, secret);
    }

    private static Kind kind(int status) {
        return switch (status) {
            case 401, 403 -> Kind.NOT_ALLOWED;
            case 429 -> Kind.RATE_LIMITED;
            case 408, 504 -> Kind.TIMEOUT;
            default -> status >= 500 ? Kind.UNAVAILABLE : Kind.REFUSED;
        };
    }

    private static String status(HttpFailure failure) {
        String said = text(failure);
        return "HTTP " + failure.statusCode() + (said.isEmpty() ? "" : ": " + said);
    }

    private static String text(Throwable failure) {
        String message = String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " ");
        return message.length() > LONGEST ? message.substring(0, LONGEST) + "…" : message;
    }

    /** The cause goes along only if the key is nowhere in it. */
    private ProviderException exception(
            Kind kind,
            String message,
            Duration retryAfter,
            Throwable cause,
            Optional<String> secret) {
        String safe = secret.map(key -> message.replace(key, "[key]")).orElse(message);
        boolean tells = secret.filter(key -> tells(cause, key)).isPresent();
        return new ProviderException(kind, id + ": " + safe, retryAfter, tells ? null : cause);
    }

    private static boolean tells(Throwable failure, String secret) {
        int depth = 0;
        for (Throwable cause = failure;
                cause != null && depth++ < DEEPEST;
                cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).contains(secret)) {
                return true;
            }
        }
        return false;
    }

    private static <T extends Throwable> T cause(Throwable failure, Class<T> kind) {
        int depth = 0;
        for (Throwable cause = failure;
                cause != null && depth++ < DEEPEST;
                cause = cause.getCause()) {
            if (kind.isInstance(cause)) {
                return kind.cast(cause);
            }
        }
        return null;
    }
}
