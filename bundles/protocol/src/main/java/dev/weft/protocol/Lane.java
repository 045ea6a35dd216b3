package dev.weft.protocol;

import java.util.Set;

/** How urgent a message is; the order on the wire. Each lane keeps its own order and its own numbers, so that a large result does
 * not hold up a small one. */
public enum Lane {
    /** What steers other work. */
    CONTROL,
    /** Requests, answers and streams of a usual size. */
    INTERACTIVE,
    /** Messages longer than {@link #MAX_INTERACTIVE} bytes. */
    BULK;

    /** Longest message, in bytes, that goes before bulk. */
    public static final int MAX_INTERACTIVE = 64 << 10;

    private static final Set<String> STEERING =
            Set.of(MeshMessage.PING, MeshMessage.PONG, MeshMessage.TASK_CANCEL, MeshMessage.HELLO);

    /** The lane of a message.
     * @param type of the message
     * @param bytes its length
     * @return never null */
    public static Lane of(String type, int bytes) {
        return bytes > MAX_INTERACTIVE ? BULK : STEERING.contains(type) ? CONTROL : INTERACTIVE;
    }

    /** The lane with a number.
     * @param number 0 to 2
     * @return never null
     * @throws ProtocolException if there is no such lane */
    static Lane numbered(int number) {
        return switch (number) {
            case 0 -> CONTROL;
            case 1 -> INTERACTIVE;
            case 2 -> BULK;
            default -> throw new ProtocolException("bad_frame", "there is no lane " + number);
        };
    }
}
