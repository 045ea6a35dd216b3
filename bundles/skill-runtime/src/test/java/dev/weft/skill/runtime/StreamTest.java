package dev.weft.skill.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final Stream skill = new Stream();
    private final Fixture fixture = Fixture.with(skill);

    @Test
    void texts_are_sent_ahead_and_joined() throws Exception {
        assertEquals("\"one two\"", fixture.call("stream.texts", "{}").toString());
        assertEquals(List.of("one ", "two"), fixture.emitted);
    }

    @Test
    void elements_are_sent_as_lines_of_json_and_collected() throws Exception {
        assertEquals(
                "[{\"n\":1,\"day\":\"2026-01-31\"},{\"n\":2,\"day\":null}]",
                fixture.call("stream.elements", "{}").toString());
        assertEquals("{\"n\":1,\"day\":\"2026-01-31\"}\n", fixture.emitted.get(0));
    }

    @Test
    void a_failure_in_the_middle_is_told() {
        assertEquals(
                "skill_failed | stream.broken failed: the tape tore",
                fixture.error("stream.broken", "{}"));
    }

    @Test
    void the_deadline_ends_the_subscription() throws Exception {
        String error = "";
        try {
            fixture.call("stream.endless", "{}", Duration.ofMillis(50));
        } catch (dev.weft.api.task.TaskException e) {
            error = e.error().code();
        }
        assertEquals("deadline_exceeded", error);
        assertTrue(skill.canceled.get());
    }

    @Test
    void results_have_schemas() {
        assertEquals("{\"type\":\"string\"}", result("texts"));
        assertEquals(
                "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\"},"
                        + "\"day\":{\"type\":\"string\",\"format\":\"date\"}}}}",
                result("elements"));
        assertEquals("{\"type\":\"integer\"}", result("later"));
        assertEquals("null", result("nothing"));
    }

    @Test
    void an_optional_node_that_is_not_given_is_empty() throws Exception {
        assertEquals("false", fixture.call("stream.given", "{}").toString());
        assertEquals("false", fixture.call("stream.given", "{'node':null}").toString());
        assertEquals("true", fixture.call("stream.given", "{'node':[]}").toString());
    }

    @Test
    void a_permission_that_no_host_knows_is_refused() {
        Fixture other = Fixture.with(new Greedy());
        assertTrue(other.runtime.installed().isEmpty());
        assertEquals(
                List.of("net"),
                fixture.runtime.find("stream").orElseThrow().permissions(),
                "declared on @Skill");
    }

    private String result(String tool) {
        return String.valueOf(
                fixture.runtime.find("stream").orElseThrow().tool(tool).orElseThrow().result());
    }

    record Point(int n, Optional<LocalDate> day) {}

    /** Gives what it has, as asked for. */
    private record Given<T>(List<T> all, Throwable end, AtomicBoolean canceled)
            implements Flow.Publisher<T> {
        @Override
        public void subscribe(Flow.Subscriber<? super T> subscriber) {
            AtomicInteger next = new AtomicInteger();
            subscriber.onSubscribe(
                    new Flow.Subscription() {
                        @Override
                        public void request(long n) {
                            int at = next.getAndIncrement();
                            if (at < all.size()) {
                                subscriber.onNext(all.get(at));
                            } else if (end instanceof InterruptedException) {
                                return; // never ends
                            } else if (end != null) {
                                subscriber.onError(end);
                            } else {
                                subscriber.onComplete();
                            }
                        }

                        @Override
                        public void cancel() {
                            canceled.set(true);
                        }
                    });
        }
    }

    /** Streams. */
    @Skill(id = "stream", title = "Stream", description = "Streams", permissions = Skill.NET)
    public static final class Stream implements SkillService {
        final AtomicBoolean canceled = new AtomicBoolean();

        @Tool("texts")
        public Flow.Publisher<String> texts() {
            return new Given<>(List.of("one ", "two"), null, canceled);
        }

        @Tool("elements")
        public Flow.Publisher<Point> elements() {
            return new Given<>(
                    List.of(
                            new Point(1, Optional.of(LocalDate.of(2026, 1, 31))),
                            new Point(2, Optional.empty())),
                    null,
                    canceled);
        }

        @Tool("broken")
        public Flow.Publisher<String> broken() {
            return new Given<>(
                    List.of("one"), new IllegalStateException("the tape tore"), canceled);
        }

        @Tool("endless")
        public Flow.Publisher<String> endless() {
            return new Given<>(List.of("one"), new InterruptedException(), canceled);
        }

        @Tool("later")
        public CompletionStage<Integer> later() {
            return CompletableFuture.completedFuture(1);
        }

        @Tool("given")
        public boolean given(Optional<com.fasterxml.jackson.databind.JsonNode> node) {
            return node.isPresent();
        }

        @Tool("nothing")
        public void nothing() {}
    }

    /** Wants too much. */
    @Skill(id = "greedy", title = "", description = "", permissions = "world")
    public static final class Greedy implements SkillService {
        @Tool("take")
        public void take() {}
    }
}
