package dev.weft.http.api;

import dev.weft.protocol.Traceparent;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The id that a request has in answers, logs and the audit log: the caller's if it is harmless, else that of the caller's trace, else
 * a new one. Tasks of the request carry it on as the id of their trace.
 */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** Its name in the diagnostic context of logs. */
    static final String MDC = "request";

    static final String TRACE = "traceparent";
    private static final Pattern TRACE_ID = Pattern.compile("(?!0{32})[0-9a-f]{32}");
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {}

    static String of(HttpServletRequest request) {
        String shown = request.getHeader(HEADER);
        if (shown != null && HARMLESS.matcher(shown).matches()) {
            return shown;
        }
        String trace = Traceparent.trace(request.getHeader(TRACE));
        return trace.isEmpty() ? UUID.randomUUID().toString() : trace;
    }

    /** The trace context that tasks of a request go on with.
     * @param shown what the caller sent as such; counts for nothing if it is none, or null
     * @param id of the request: the trace has the same if it is 32 hexadecimal digits, or a UUID; else one that is made from it
     * @return W3C trace context */
    static String traceparent(String shown, String id) {
        if (!Traceparent.trace(shown).isEmpty()) {
            return shown;
        }
        String digits = id.replace("-", "").toLowerCase(Locale.ROOT);
        String trace =
                TRACE_ID.matcher(digits).matches()
                        ? digits
                        : UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8))
                                .toString()
                                .replace("-", "");
        return "00-"
                + trace
                + "-"
                + trace.substring(16).replaceAll("^0{16}$", "1".repeat(16))
                + "-01";
    }
}
