package dev.weft.api.task;

/** Carries a {@link TaskError}. */
public final class TaskException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient TaskError error;

    /** Says why.
     * @param code see {@link TaskError#code()}
     * @param message for people */
    public TaskException(String code, String message) {
        this(code, message, null);
    }

    /** Says why.
     * @param code see {@link TaskError#code()}
     * @param message for people
     * @param cause may be null */
    public TaskException(String code, String message, Throwable cause) {
        super(message, cause);
        this.error = new TaskError(code, message);
    }

    /** Why.
     * @return never null */
    public TaskError error() {
        return error;
    }
}
