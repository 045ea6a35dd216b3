package dev.weft.deploy;

/** Says why a file is not taken. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;
    private final boolean crash;

    Refusal(String reason) {
        this(reason, null);
    }

    Refusal(String reason, Throwable cause) {
        this(reason, cause, false);
    }

    private Refusal(String reason, Throwable cause, boolean crash) {
        super(reason, cause);
        this.crash = crash;
    }

    /** It hung or failed as it started: the same content is not to be started again and again. */
    static Refusal crash(String reason, Throwable cause) {
        return new Refusal(reason, cause, true);
    }

    boolean isCrash() {
        return crash;
    }
}
