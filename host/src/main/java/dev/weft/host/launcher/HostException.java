package dev.weft.host.launcher;

/** Something that keeps a host or a command from doing its work; the message is one line that says what to do. */
public final class HostException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Exit code: failed. */
    public static final int FAILED = 1;

    /** Exit code: wrong usage. */
    public static final int USAGE = 2;

    /** Exit code: the host or the registry cannot be reached. */
    public static final int UNREACHABLE = 3;

    /** Exit code: not allowed. */
    public static final int NOT_ALLOWED = 4;

    private final int exitCode;

    /**
     * @param exitCode one of the constants here
     * @param message for people
     */
    public HostException(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** @return one of the constants here */
    public int exitCode() {
        return exitCode;
    }
}
