package dev.weft.protocol;

/**
 * What a host has handled of what its peer sent: in each lane, the number of the next message that it waits for.
 *
 * @param control of {@link Lane#CONTROL}, 0 or more
 * @param interactive of {@link Lane#INTERACTIVE}, 0 or more
 * @param bulk of {@link Lane#BULK}, 0 or more
 */
public record Acks(long control, long interactive, long bulk) {
    /** Nothing handled yet. */
    public static final Acks NONE = new Acks(0, 0, 0);

    /** The next number of a lane.
     * @param lane which
     * @return 0 or more */
    public long of(Lane lane) {
        return switch (lane) {
            case CONTROL -> control;
            case INTERACTIVE -> interactive;
            case BULK -> bulk;
        };
    }
}
