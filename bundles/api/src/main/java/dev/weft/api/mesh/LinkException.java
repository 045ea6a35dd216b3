package dev.weft.api.mesh;

/** A frame that could not be sent. */
public final class LinkException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says why.
     * @param message for people */
    public LinkException(String message) {
        super(message);
    }
}
