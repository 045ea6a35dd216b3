package dev.weft.http.api;

import jakarta.servlet.http.HttpServletRequest;
import java.util.UUID;
import java.util.regex.Pattern;

/** The id that a request has in answers, logs and the audit log: the caller's if it is harmless, else a new one. */
final class RequestId {
    static final String HEADER = "X-Request-Id";

    /** Its name in the diagnostic context of logs. */
    static final String MDC = "request";

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {}

    static String of(HttpServletRequest request) {
        String shown = request.getHeader(HEADER);
        return shown != null && HARMLESS.matcher(shown).matches()
                ? shown
                : UUID.randomUUID().toString();
    }
}
