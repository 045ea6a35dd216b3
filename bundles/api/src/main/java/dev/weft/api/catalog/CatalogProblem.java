package dev.weft.api.catalog;

/** Why the catalog does not do what was asked. The message is for people: what, where, what to do. */
public final class CatalogProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What kind of problem it is. */
    public enum Kind {
        /** The question makes no sense. */
        BAD,
        /** What it is about is not known here. */
        UNKNOWN,
        /** Something has changed since, or a person must agree first. */
        CONFLICT,
        /** The policy, a signature or a scan forbids it. */
        REFUSED,
        /** A repository cannot be read now. */
        UNREACHABLE
    }

    private final Kind kind;
    private final String code;

    /** Makes one.
     * @param kind what kind
     * @param code for programs, {@code snake_case}
     * @param message for people */
    public CatalogProblem(Kind kind, String code, String message) {
        super(message);
        this.kind = kind;
        this.code = code;
    }

    /** What kind of problem it is.
     * @return never null */
    public Kind kind() {
        return kind;
    }

    /** For programs.
     * @return {@code snake_case} */
    public String code() {
        return code;
    }
}
