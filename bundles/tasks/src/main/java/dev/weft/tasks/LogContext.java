package dev.weft.tasks;

import dev.weft.protocol.Traceparent;
import org.slf4j.MDC;

/** What the log says of a task's work: which trace it belongs to. */
final class LogContext {
    private static final String TRACE = "trace";

    private LogContext() {}

    /** Whatever is logged meanwhile, by a skill too, says which trace it belongs to: the same on every host that a call comes by. */
    static void within(String traceparent, Runnable work) {
        String trace = Traceparent.trace(traceparent);
        String outer = MDC.get(TRACE);
        if (!trace.isEmpty()) {
            MDC.put(TRACE, trace);
        }
        try {
            work.run();
        } finally {
            if (outer != null) {
                MDC.put(TRACE, outer);
            } else if (!trace.isEmpty()) {
                MDC.remove(TRACE);
            }
        }
    }
}
