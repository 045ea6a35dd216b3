package dev.weft.tasks;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/** W3C trace context: one trace through all hops of a call, one span a task. */
final class Traceparent {
    private static final Pattern SHAPE =
            Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final HexFormat HEX = HexFormat.of();

    /** Name of the trace's id in the diagnostic context of logs. */
    private static final String MDC_KEY = "trace";

    private Traceparent() {}

    /** Whatever is logged meanwhile, by a skill too, says which trace it belongs to: the same on every host that a call comes by. */
    static void within(String traceparent, Runnable work) {
        boolean known = SHAPE.matcher(traceparent).matches();
        String outer = MDC.get(MDC_KEY);
        if (known) {
            MDC.put(MDC_KEY, traceparent.substring(3, 35));
        }
        try {
            work.run();
        } finally {
            if (outer != null) {
                MDC.put(MDC_KEY, outer);
            } else if (known) {
                MDC.remove(MDC_KEY);
            }
        }
    }

    /** The trace that a context belongs to.
     * @return 32 hexadecimal digits; "" if it is malformed */
    static String trace(String traceparent) {
        return SHAPE.matcher(traceparent).matches() ? traceparent.substring(3, 35) : "";
    }

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
