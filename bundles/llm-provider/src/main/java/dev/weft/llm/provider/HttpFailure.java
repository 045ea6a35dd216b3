package dev.weft.llm.provider;

import dev.langchain4j.exception.HttpException;
import java.net.http.HttpHeaders;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;

/** A status that is no success, and what the server says about when to come back. */
final class HttpFailure extends HttpException {
    private static final long serialVersionUID = 1L;
    private static final Duration LONGEST = Duration.ofHours(1);

    private final transient Duration retryAfter;

    HttpFailure(int status, String body, Duration retryAfter) {
        super(status, body);
        this.retryAfter = retryAfter;
    }

    /** What {@code Retry-After} said.
     * @return null if nothing */
    Duration retryAfter() {
        return retryAfter;
    }

    /** Reads {@code retry-after-ms} and {@code Retry-After} (seconds or a date).
     * @param headers of the response
     * @param now to count a date from
     * @return 0 to one hour; null if there is none that can be read */
    static Duration retryAfter(HttpHeaders headers, Instant now) {
        try {
            var millis = headers.firstValue("retry-after-ms");
            if (millis.isPresent()) {
                return limited(Duration.ofMillis((long) Double.parseDouble(millis.get().strip())));
            }
            String value = headers.firstValue("Retry-After").map(String::strip).orElse("");
            if (value.isEmpty()) {
                return null;
            }
            if (value.matches("[0-9.]+")) {
                return limited(Duration.ofMillis((long) (1000 * Double.parseDouble(value))));
            }
            Instant then =
                    ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
            return limited(Duration.between(now, then));
        } catch (NumberFormatException | DateTimeException | ArithmeticException unreadable) {
            return null;
        }
    }

    private static Duration limited(Duration wanted) {
        return wanted.isNegative()
                ? Duration.ZERO
                : wanted.compareTo(LONGEST) > 0 ? LONGEST : wanted;
    }
}
