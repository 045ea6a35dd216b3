package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TraceparentTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String PARENT = "00-" + TRACE + "-b7ad6b7169203331-01";

    @Test
    void a_context_belongs_to_one_trace_and_what_is_none_to_no_trace() {
        assertEquals(TRACE, Traceparent.trace(PARENT));
        for (String none :
                List.of(
                        "",
                        TRACE,
                        PARENT + "0",
                        PARENT.toUpperCase(),
                        PARENT.replace(TRACE, "0".repeat(32)),
                        PARENT.replace("b7ad6b7169203331", "0".repeat(16)))) {
            assertEquals("", Traceparent.trace(none), none);
        }
        assertEquals("", Traceparent.trace(null));
    }

    @Test
    void the_next_span_is_another_in_the_same_trace_with_the_same_flags() {
        String next = Traceparent.next(PARENT.replaceAll("01$", "00"));
        assertEquals(TRACE, Traceparent.trace(next));
        assertNotEquals(PARENT.substring(36, 52), next.substring(36, 52));
        assertEquals("-00", next.substring(52));
    }

    @Test
    void without_a_parent_a_trace_begins() {
        String first = Traceparent.next("");
        assertEquals(32, Traceparent.trace(first).length());
        assertNotEquals(Traceparent.trace(first), Traceparent.trace(Traceparent.next("nonsense")));
    }
}
