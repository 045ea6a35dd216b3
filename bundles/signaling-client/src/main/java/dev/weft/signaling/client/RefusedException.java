package dev.weft.signaling.client;

import java.io.IOException;

/** The registry answered, but said no. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int status;

    RefusedException(int status, String message) {
        super(message);
        this.status = status;
    }

    int status() {
        return status;
    }

    /** Whether the registry does not take this host's credentials. */
    boolean isMembership() {
        return status == 401 || status == 403;
    }

    /** Whether asking again at once would bring the same answer. */
    boolean isFinal() {
        return status >= 400 && status < 500 && status != 408 && status != 429;
    }
}
