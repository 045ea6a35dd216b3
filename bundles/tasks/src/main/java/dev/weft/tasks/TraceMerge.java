package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Trace;
import dev.weft.api.task.Trace.Span;
import dev.weft.api.task.Trace.Told;
import dev.weft.protocol.AgentId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One trace while hosts tell of it: what each says goes on this host's clock and to what is known already. Thread-safe. */
final class TraceMerge {
    private final String id;
    private final Instant now;
    private final Map<String, Span> spans = new LinkedHashMap<>();
    private final List<Told> hosts = new ArrayList<>();

    TraceMerge(String id, List<Span> own, Instant now) {
        this.id = id;
        this.now = now;
        own.forEach(span -> spans.put(key(span), span));
    }

    /** A task has one id on all of its hosts, a part none that others know. */
    private static String key(Span span) {
        return span.skill().equals("agent") ? span.host() + "/" + span.id() : span.id();
    }

    synchronized Trace trace() {
        List<Span> all = new ArrayList<>(spans.values());
        all.sort(Comparator.comparing(Span::start));
        return new Trace(id, all, hosts);
    }

    synchronized void away(AgentId peer, String why) {
        hosts.add(new Told(peer.value(), "away", why));
    }

    /** A peer has answered.
     * @param given what this host's agent gave it to do, in order */
    synchronized void told(AgentId peer, JsonNode answer, List<Parts.Noted> given) {
        if (!answer.path("known").asBoolean()) {
            hosts.add(
                    new Told(
                            peer.value(),
                            "silent",
                            answer.path("error")
                                    .asText("it knows nothing of this trace any more")));
            return;
        }
        List<Span> theirs = TraceJson.spans(answer);
        ClockShift clock = new ClockShift();
        for (Span span : theirs) {
            Span ours = spans.get(key(span));
            if (ours != null && ours.target().equals(peer.value()) && known(span, peer)) {
                clock.between(sent(ours), end(ours), span.start(), last(span));
            }
        }
        for (int i = 0; i < given.size() && answer.path("done").path(i).path(1).isNumber(); i++) {
            Parts.Noted part = given.get(i);
            JsonNode done = answer.path("done").path(i);
            clock.between(
                    part.start,
                    part.end() == null ? now : part.end(),
                    TraceJson.at(done.path(0)),
                    TraceJson.at(done.path(1)));
        }
        long millis = clock.millis();
        theirs.forEach(span -> add(peer, moved(span, millis)));
        hosts.add(
                new Told(
                        peer.value(),
                        "told",
                        millis == 0 ? "" : "its clock differs by " + -millis + " ms"));
        hosts.addAll(TraceJson.hosts(answer));
    }

    private void add(AgentId peer, Span span) {
        Span before = spans.get(key(span));
        if (before == null) {
            if (spans.size() < TraceBook.MOST_SPANS) {
                spans.put(key(span), span);
            }
        } else if (before.steps().stream().noneMatch(step -> step.agent().equals(peer.value()))
                && known(span, peer)) {
            List<TaskStep> steps = new ArrayList<>(before.steps());
            span.steps().stream()
                    .filter(step -> step.agent().equals(peer.value()))
                    .forEach(steps::add);
            steps.sort(Comparator.comparing(TaskStep::at));
            spans.put(key(span), with(before, before.start(), before.end(), steps));
        }
    }

    private static boolean known(Span span, AgentId peer) {
        return span.host().equals(peer.value());
    }

    private static Instant sent(Span span) {
        Optional<TaskStep> sent =
                span.steps().stream().filter(step -> step.what().equals("sent")).findFirst();
        return sent.map(TaskStep::at).orElse(span.start());
    }

    private Instant end(Span span) {
        return span.end() == null ? now : span.end();
    }

    private static Instant last(Span span) {
        return span.end() != null
                ? span.end()
                : span.steps().stream()
                        .map(TaskStep::at)
                        .max(Comparator.naturalOrder())
                        .orElse(span.start());
    }

    private static Span moved(Span span, long millis) {
        return with(
                span,
                span.start().plusMillis(millis),
                span.end() == null ? null : span.end().plusMillis(millis),
                span.steps().stream().map(step -> ClockShift.moved(step, millis)).toList());
    }

    private static Span with(Span span, Instant start, Instant end, List<TaskStep> steps) {
        return new Span(
                span.id(),
                span.host(),
                span.skill(),
                span.tool(),
                span.source(),
                span.target(),
                span.state(),
                start,
                end,
                steps);
    }
}
