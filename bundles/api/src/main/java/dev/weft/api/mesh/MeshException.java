package dev.weft.api.mesh;

/** Why a message got no answer. */
public final class MeshException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String code;

    /** Says why.
     * @param code {@code unreachable|timeout|link_closed|busy|too_large|stopped}
     * @param message for people */
    public MeshException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** Machine-readable reason.
     * @return never null */
    public String code() {
        return code;
    }
}
