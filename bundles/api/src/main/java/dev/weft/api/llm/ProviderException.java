package dev.weft.api.llm;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Why a provider did not answer. The message never holds a key. */
public final class ProviderException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, as far as a caller can act on it. */
    public enum Kind {
        /** The server asks for fewer calls (429). */
        RATE_LIMITED(true),
        /** The server cannot be reached or fails (5xx). */
        UNAVAILABLE(true),
        /** No answer in time, or the answer stopped half way. */
        TIMEOUT(true),
        /** The answer is not what the protocol says. */
        BAD_ANSWER(true),
        /** The server refuses this request (4xx); another time will not help. */
        REFUSED(false),
        /** The key is missing, wrong or not allowed to do this (401, 403). */
        NOT_ALLOWED(false);

        private final boolean passing;

        Kind(boolean passing) {
            this.passing = passing;
        }

        /** Whether the same call may succeed later.
         * @return true if so */
        public boolean isPassing() {
            return passing;
        }
    }

    private final Kind kind;
    private final transient Duration retryAfter;

    /** Makes one.
     * @param kind what went wrong
     * @param message one line for people, without secrets
     * @param retryAfter what the server asked for; null if it did not
     * @param cause may be null */
    public ProviderException(Kind kind, String message, Duration retryAfter, Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.retryAfter = retryAfter;
    }

    /** What went wrong.
     * @return never null */
    public Kind kind() {
        return kind;
    }

    /** How long the server asked to be left alone.
     * @return empty if it did not say */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
