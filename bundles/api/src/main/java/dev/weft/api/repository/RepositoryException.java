package dev.weft.api.repository;

/** Why a repository does not take something. The message is for people: what, where, what to do. */
public final class RepositoryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What is wrong, for programs. */
    public enum Code {
        /** Not what the format says. */
        MALFORMED,
        /** More bytes than a jar or document may have. */
        TOO_LARGE,
        /** Not signed with the keys that count. */
        UNSIGNED,
        /** The namespace is somebody else's, or nobody's. */
        NOT_OWNED,
        /** It takes back or changes what was published. */
        CHANGED,
        /** Something was published meanwhile: read it, and publish on top of it. */
        STALE,
        /** A jar is not there, or is another than the document says. */
        WRONG_JAR,
        /** The scan found what no skill may have, or could not look at all of it. */
        BLOCKED,
        /** There is no room for more now. */
        FULL,
        /** The repository cannot be read or written; the log says more. */
        UNAVAILABLE
    }

    private final Code code;

    /** Makes one.
     * @param code for programs
     * @param message for people */
    public RepositoryException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** What is wrong.
     * @return the code */
    public Code code() {
        return code;
    }
}
