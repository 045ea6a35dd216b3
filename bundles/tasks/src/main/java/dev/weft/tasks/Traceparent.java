package dev.weft.tasks;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** W3C trace context: one trace through all hops of a call, one span a task. */
final class Traceparent {
    private static final Pattern SHAPE =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final HexFormat HEX = HexFormat.of();

    private Traceparent() {}

    /** A new span in the trace of a parent; a new trace if the parent is none. */
    static String next(String parent) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String span = HEX.toHexDigits(random.nextLong() | 1);
        return !parent.isEmpty() && SHAPE.matcher(parent).matches()
                ? parent.substring(0, 36) + span + parent.substring(52)
                : "00-"
                        + HEX.toHexDigits(random.nextLong() | 1)
                        + HEX.toHexDigits(random.nextLong())
                        + "-"
                        + span
                        + "-01";
    }
}
