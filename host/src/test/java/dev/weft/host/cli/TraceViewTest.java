package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of {@code weft tasks ID}. */
class TraceViewTest {
    private static final JsonNode AGENTS =
            Wire.tree(
                    """
                    [{"agent_id": "a-1", "name": "loom"}, {"agent_id": "a-2", "name": "spindle"}]
                    """);
    private final StringWriter text = new StringWriter();
    private final TraceView view = new TraceView(new Output(new PrintWriter(text)));

    @Test
    void calls_on_several_hosts_are_rows_on_one_scale_of_time() {
        show(
                """
                {"spans": [
                  {"id": "t1", "skill": "agent", "tool": "ask", "source": "a-1", "target": "a-2", "start": 100.0, "end": 101.5, "state": "completed"},
                  {"id": "t2", "skill": "disk", "tool": "", "source": "a-2", "target": "a-9", "start": 100.25, "end": 100.5, "state": "failed"},
                  {"id": "t3", "skill": "disk", "tool": "usage", "source": "a-2", "target": "", "start": 101, "end": null, "state": "submitted"}],
                 "hosts": [{"agent": "a-2", "outcome": "told", "note": ""}]}
                """);
        assertEquals(
                List.of(
                        "CALL        FROM     ON       AFTER    TOOK     STATE      ID",
                        "agent.ask   loom     spindle  0.000 s  1.500 s  completed  t1",
                        "disk        spindle  a-9      0.250 s  0.250 s  failed     t2",
                        "disk.usage  spindle  -        1.000 s  …        submitted  t3"),
                lines());
    }

    @Test
    void who_does_not_tell_is_named_with_the_reason() {
        show(
                """
                {"spans": [
                  {"id": "t1", "skill": "agent", "tool": "ask", "source": "a-1", "target": "a-2", "start": 1, "end": 2, "state": "completed"}],
                 "hosts": [{"agent": "a-2", "outcome": "away", "note": "no path to it"}, {"agent": "a-9", "outcome": "silent", "note": "it has\\u001b[2J forgotten"}]}
                """);
        assertEquals(
                List.of(
                        "not told by spindle: no path to it",
                        "not told by a-9: it has?[2J forgotten"),
                lines());
    }

    @Test
    void a_trace_of_one_task_has_nothing_to_add() {
        show(
                """
                {"spans": [{"id": "t1", "skill": "disk", "source": "a-1", "target": "a-1", "start": 1, "end": 2, "state": "completed"}],
                 "hosts": []}
                """);
        assertEquals(List.of(), lines());
    }

    private void show(String trace) {
        view.show(Wire.tree(trace), AGENTS);
    }

    private List<String> lines() {
        return text.toString().lines().toList();
    }
}
