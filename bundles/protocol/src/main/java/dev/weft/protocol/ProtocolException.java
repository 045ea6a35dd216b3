package dev.weft.protocol;

/** Input from the wire that breaks a rule of the protocol; the message is fit for the sender to read. */
public final class ProtocolException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String code;

    /** Names the broken rule.
     * @param code short machine-readable name, {@code snake_case}
     * @param message what is wrong, where, and what was expected */
    public ProtocolException(String code, String message) {
        super(message);
        this.code = code;
    }

    /** The machine-readable name of the broken rule.
     * @return never null */
    public String code() {
        return code;
    }
}
