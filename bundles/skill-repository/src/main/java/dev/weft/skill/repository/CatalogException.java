package dev.weft.skill.repository;

import java.io.IOException;

/** Why something of a repository is not believed. The message is for people: what, where, what to do. */
public final class CatalogException extends IOException {
    /** What is wrong, for programs. */
    public enum Code {
        /** Not what the format says, or larger than its limits. */
        MALFORMED,
        /** Too few good signatures of the keys that count. */
        UNSIGNED,
        /** Past its date: an old state may be shown on purpose. */
        EXPIRED,
        /** Older than what was seen before. */
        ROLLBACK,
        /** Other bytes than the signed ones. */
        SWAPPED,
        /** A publisher speaks about what it does not own. */
        NOT_OWNED,
        /** A version that was published before has changed or gone. */
        CHANGED,
        /** What the index says of a jar is not what the jar says. */
        LIES
    }

    private final transient Code code;

    /** Makes one.
     * @param code for programs
     * @param message for people */
    public CatalogException(Code code, String message) {
        super(message);
        this.code = code;
    }

    /** What is wrong.
     * @return the code */
    public Code code() {
        return code;
    }
}
