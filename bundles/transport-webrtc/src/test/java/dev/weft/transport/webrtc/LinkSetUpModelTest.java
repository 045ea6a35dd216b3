package dev.weft.transport.webrtc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.SignalMessage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import net.jqwik.api.AfterFailureMode;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * Two hosts that call each other over a wire that delivers in any order, twice, or not at all, with a real WebRTC at both ends. Whatever happens, the
 * model holds: a link is opened once, closed once, after that; and when the wire is good again both ends have one link, the same one.
 */
@Tag("once")
class LinkSetUpModelTest {
    private static final int SETUP_MILLIS = 2_000;

    /** What happens next. */
    enum Kind {
        A_CALLS,
        B_CALLS,
        A_CLOSES,
        B_CLOSES,
        DELIVER,
        DELIVER_TWICE,
        LOSE,
        A_MENDS,
        LET_ALL_THROUGH
    }

    record Step(Kind kind, int which) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Kind> kinds =
                Arbitraries.frequency(
                        net.jqwik.api.Tuple.of(2, Kind.A_CALLS),
                        net.jqwik.api.Tuple.of(2, Kind.B_CALLS),
                        net.jqwik.api.Tuple.of(1, Kind.A_CLOSES),
                        net.jqwik.api.Tuple.of(1, Kind.B_CLOSES),
                        net.jqwik.api.Tuple.of(12, Kind.DELIVER),
                        net.jqwik.api.Tuple.of(4, Kind.DELIVER_TWICE),
                        net.jqwik.api.Tuple.of(3, Kind.LOSE),
                        net.jqwik.api.Tuple.of(1, Kind.A_MENDS),
                        net.jqwik.api.Tuple.of(2, Kind.LET_ALL_THROUGH));
        return Combinators.combine(kinds, Arbitraries.integers().between(0, 20))
                .as(Step::new)
                .list()
                .ofMinSize(5)
                .ofMaxSize(40);
    }

    @Property(
            tries = 30,
            shrinking = ShrinkingMode.OFF,
            afterFailure = AfterFailureMode.SAMPLE_FIRST)
    void whatever_the_wire_does_both_ends_agree_in_the_end(@ForAll("steps") List<Step> steps)
            throws Exception {
        Path folder = Files.createTempDirectory("weft-model");
        Map<String, Object> config = Map.of("setup.timeout.ms", SETUP_MILLIS);
        try (Hub hub = new Hub();
                TestHost a = new TestHost(hub, "agent-a", folder, config);
                TestHost b = new TestHost(hub, "agent-b", folder, config)) {
            a.knows(b);
            b.knows(a);
            hub.hold = message -> true;
            for (Step step : steps) {
                play(step, hub, a, b);
            }
            hub.release(hub.held());
            settle(a, b);
            assertModel(a);
            assertModel(b);
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
    }

    private static void play(Step step, Hub hub, TestHost a, TestHost b) throws Exception {
        List<SignalMessage> held = hub.held();
        SignalMessage chosen = held.isEmpty() ? null : held.get(step.which() % held.size());
        switch (step.kind()) {
            case A_CALLS -> called(a.transport.connect(b.id), hub, held.size());
            case B_CALLS -> called(b.transport.connect(a.id), hub, held.size());
            case A_CLOSES -> a.links().forEach(link -> link.close("enough"));
            case B_CLOSES -> b.links().forEach(link -> link.close("enough"));
            case A_MENDS -> a.transport.networkChanged();
            case DELIVER, DELIVER_TWICE -> {
                if (chosen != null) {
                    hub.pass(chosen, step.kind() == Kind.DELIVER ? 1 : 2);
                }
            }
            case LOSE -> {
                if (chosen != null) {
                    hub.pass(chosen, 0);
                }
            }
            case LET_ALL_THROUGH -> held.forEach(message -> hub.pass(message, 1));
            default -> throw new AssertionError(step);
        }
    }

    /** Until the call has said something, or came to its end: otherwise most schedules have nothing to play with. */
    private static void called(CompletableFuture<Link> call, Hub hub, int before) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> call.isDone() || hub.held().size() > before || hub.seen.size() > 60);
    }

    /** The wire is good again: attempts under way end, and the next call gets a link at both ends. */
    private static void settle(TestHost a, TestHost b) {
        await().atMost(Duration.ofSeconds(120))
                .pollInterval(Duration.ofMillis(20))
                .ignoreExceptions()
                .until(
                        () -> {
                            Link link = a.transport.connect(b.id).get(10, TimeUnit.SECONDS);
                            int there = b.frames.size();
                            link.send("there");
                            await().atMost(Duration.ofSeconds(10))
                                    .until(() -> b.frames.size() > there);
                            int here = a.frames.size();
                            b.links().get(b.links().size() - 1).send("back");
                            await().atMost(Duration.ofSeconds(10))
                                    .until(() -> a.frames.size() > here);
                            return a.links().size() == 1 && b.links().size() == 1;
                        });
    }

    private static void assertModel(TestHost host) {
        Map<String, String> states = new HashMap<>();
        List<String> told = new ArrayList<>(host.events);
        for (String event : told) {
            String[] words = event.split(" ");
            String before = states.put(words[1], words[0]);
            assertEquals(
                    words[0].equals("opened") ? null : "opened", before, event + " in " + told);
        }
        assertTrue(states.keySet().stream().noneMatch("-1"::equals), told.toString());
        assertEquals(1, states.values().stream().filter("opened"::equals).count(), told.toString());
    }
}
