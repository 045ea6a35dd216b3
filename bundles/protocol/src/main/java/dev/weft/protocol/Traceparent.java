package dev.weft.protocol;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** W3C trace context, as {@code traceparent} has it on HTTP and on the mesh: one trace through all hops of a call, one span a task. */
public final class Traceparent {
    private static final Pattern SHAPE =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final HexFormat HEX = HexFormat.of();

    private Traceparent() {}

    /** The trace that a context belongs to.
     * @param traceparent may be malformed, or null
     * @return 32 hexadecimal digits; "" if it is none */
    public static String trace(String traceparent) {
        return traceparent != null && SHAPE.matcher(traceparent).matches()
                ? traceparent.substring(3, 35)
                : "";
    }

    /** A new span in the trace of a parent.
     * @param parent of another trace context; anything else begins a new trace
     * @return never null */
    public static String next(String parent) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String span = HEX.toHexDigits(random.nextLong() | 1);
        return trace(parent).isEmpty()
                ? "00-"
                        + HEX.toHexDigits(random.nextLong() | 1)
                        + HEX.toHexDigits(random.nextLong())
                        + "-"
                        + span
                        + "-01"
                : parent.substring(0, 36) + span + parent.substring(52);
    }
}
