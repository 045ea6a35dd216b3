package dev.weft.transport.relay;

/** A prekey is not of this time: it has expired, or the clocks of the two hosts differ by hours. A key that is signed for one offer has no time. */
final class StaleKeyException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StaleKeyException(String problem) {
        super(problem);
    }
}
