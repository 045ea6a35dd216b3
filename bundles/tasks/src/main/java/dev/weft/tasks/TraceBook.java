package dev.weft.tasks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskStep;
import dev.weft.api.task.Trace;
import dev.weft.api.task.Trace.Span;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Traceparent;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

/**
 * What this host knows of traces, and what it hears from the hosts that did a part for it, which ask on those that did one for them. Each
 * is asked once, by a deadline that gets shorter on the way, and tells only who gave it something of that trace.
 */
final class TraceBook {
    static final int MOST_SPANS = 200;
    private static final int MOST_ASKED = 16;
    private static final int MOST_HOSTS = 64;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final AgentId self;
    private final TaskTable table;
    private final Supplier<Optional<Mesh>> mesh;
    private final Executor executor;
    private final Clock clock;
    private final Parts parts;

    TraceBook(
            AgentId self,
            TaskTable table,
            Supplier<Optional<Mesh>> mesh,
            Executor executor,
            Clock clock) {
        this.self = self;
        this.table = table;
        this.mesh = mesh;
        this.executor = executor;
        this.clock = clock;
        this.parts = new Parts(clock);
    }

    Trace.Part part(String traceparent, AgentId peer, boolean given) {
        return parts.note(traceparent, peer, given);
    }

    CompletableFuture<Trace> gather(String trace, Duration patience) {
        return later(() -> merge(trace, tasks(trace)))
                .thenCompose(merge -> ask(merge, trace, patience, Set.of(self.value())))
                .thenApply(TraceMerge::trace);
    }

    /** Answers a peer.
     * @param asked who was asked before, so that nobody is twice
     * @return fails with {@link RejectedExecutionException} if this host is too busy */
    CompletableFuture<ObjectNode> tell(
            AgentId peer, String trace, Duration patience, Set<String> asked) {
        return later(() -> known(peer, trace))
                .thenCompose(
                        merge -> {
                            if (merge.isEmpty()) {
                                return CompletableFuture.completedFuture(
                                        Wire.object().put("known", false));
                            }
                            Set<String> all = new LinkedHashSet<>(asked);
                            all.add(self.value());
                            all.add(peer.value());
                            return ask(merge.get(), trace, patience, all)
                                    .thenApply(whole -> told(whole, peer, trace));
                        });
    }

    private ObjectNode told(TraceMerge merge, AgentId peer, String trace) {
        ObjectNode told = TraceJson.of(merge.trace());
        var done = told.putArray("done");
        parts.of(trace).stream()
                .filter(part -> !part.given && part.peer.equals(peer))
                .forEach(
                        part ->
                                done.addArray()
                                        .add(part.start.toEpochMilli())
                                        .add(
                                                (part.end() == null ? clock.instant() : part.end())
                                                        .toEpochMilli()));
        return told;
    }

    /** What this host knows, if the peer may know it. */
    private Optional<TraceMerge> known(AgentId peer, String trace) {
        List<Task> tasks = tasks(trace);
        boolean may =
                tasks.stream().anyMatch(task -> task.source().equals(peer))
                        || parts.of(trace).stream()
                                .anyMatch(part -> !part.given && part.peer.equals(peer));
        return may ? Optional.of(merge(trace, tasks)) : Optional.empty();
    }

    private TraceMerge merge(String trace, List<Task> tasks) {
        return new TraceMerge(trace, own(trace, tasks), clock.instant());
    }

    private <T> CompletableFuture<T> later(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, executor);
        } catch (RejectedExecutionException full) {
            return CompletableFuture.failedFuture(full);
        }
    }

    private CompletableFuture<TraceMerge> ask(
            TraceMerge merge, String trace, Duration patience, Set<String> asked) {
        Duration left = patience.compareTo(LONGEST) > 0 ? LONGEST : patience;
        Set<String> wanted = new LinkedHashSet<>();
        merge.trace().spans().stream()
                .map(Span::target)
                .filter(target -> !target.isEmpty() && !asked.contains(target))
                .limit(MOST_ASKED)
                .forEach(wanted::add);
        Set<String> all = new LinkedHashSet<>(asked);
        all.addAll(wanted);
        if (all.size() > MOST_HOSTS) {
            return CompletableFuture.completedFuture(merge);
        }
        ObjectNode query = Wire.object().put("trace", trace).put("timeout_ms", left.toMillis());
        all.forEach(query.putArray("asked")::add);
        return CompletableFuture.allOf(
                        wanted.stream()
                                .map(peer -> ask(merge, new AgentId(peer), trace, query, left))
                                .toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> merge);
    }

    private CompletableFuture<Void> ask(
            TraceMerge merge, AgentId peer, String trace, ObjectNode query, Duration left) {
        Optional<Mesh> links = mesh.get();
        if (links.isEmpty()) {
            merge.away(peer, "this host has no mesh running");
            return CompletableFuture.completedFuture(null);
        }
        return links.get()
                .request(peer, MeshMessage.TRACE_QUERY, query, left, null)
                .handle(
                        (answer, failure) -> {
                            if (failure != null) {
                                Throwable why =
                                        failure instanceof CompletionException
                                                        && failure.getCause() != null
                                                ? failure.getCause()
                                                : failure;
                                merge.away(peer, String.valueOf(why.getMessage()));
                            } else {
                                merge.told(
                                        peer,
                                        answer.payload(),
                                        parts.of(trace).stream()
                                                .filter(part -> part.given)
                                                .filter(part -> part.peer.equals(peer))
                                                .toList());
                            }
                            return null;
                        });
    }

    private List<Task> tasks(String trace) {
        return table.newest(Integer.MAX_VALUE).stream()
                .filter(task -> Traceparent.trace(task.traceparent()).equals(trace))
                .limit(MOST_SPANS)
                .toList();
    }

    private List<Span> own(String trace, List<Task> tasks) {
        List<Span> spans = new ArrayList<>();
        for (Task task : tasks) {
            List<TaskStep> steps = table.timeline(task.id()).map(Timeline::steps).orElse(List.of());
            spans.add(
                    new Span(
                            task.id(),
                            self.value(),
                            task.skill(),
                            task.tool(),
                            task.source().value(),
                            task.target() == null ? "" : task.target().value(),
                            task.state().wireName(),
                            TraceJson.whole(task.created()),
                            task.state().isFinal() ? TraceJson.whole(task.updated()) : null,
                            steps));
        }
        int number = 0;
        for (Parts.Noted part : parts.of(trace)) {
            if (part.given) {
                spans.add(
                        new Span(
                                "part-" + ++number,
                                self.value(),
                                "agent",
                                "ask",
                                self.value(),
                                part.peer.value(),
                                part.state(),
                                part.start,
                                part.end(),
                                List.of()));
            }
        }
        return spans;
    }
}
