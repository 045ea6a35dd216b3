package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.MeshException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests that wait for their answer. A request belongs to the peer it was sent to: nobody else can answer it. */
final class Pending {
    /** Most requests at once. */
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);
    private static final Set<String> INTERIM =
            Set.of(
                    MeshMessage.TASK_STREAM_CHUNK,
                    MeshMessage.TASK_PROGRESS,
                    MeshMessage.TASK_INPUT_REQUIRED,
                    MeshMessage.AGENT_STREAM_CHUNK);
    private static final long NONE = Long.MAX_VALUE;

    /** Nanoseconds between two looks: one walks over all that wait. */
    private static final long LEAST_PAUSE = 10_000_000;

    private static final HexFormat HEX = HexFormat.of();

    private final Map<String, Request> waiting = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(MOST);
    private final long epoch = System.nanoTime();

    /** When it is looked for requests that are late; {@link #NONE} if nobody waits. */
    private final AtomicLong alarm = new AtomicLong(NONE);

    private final ScheduledExecutorService timer;
    private final Executor executor;

    Pending(ScheduledExecutorService timer, Executor executor) {
        this.timer = timer;
        this.executor = executor;
    }

    /** Whether a message answers a request for good. */
    static boolean isFinal(String type) {
        return type.endsWith("_response") || MeshMessage.PONG.equals(type);
    }

    /** Whether a message belongs to a request that goes on. */
    static boolean isInterim(String type) {
        return INTERIM.contains(type);
    }

    /** Makes an id: 48 random bits, so that ids of two runs of a host do not meet. */
    static String newId() {
        return HEX.toHexDigits(ThreadLocalRandom.current().nextLong(), 12);
    }

    /** Opens a request; it ends by itself after the timeout.
     * @throws MeshException code {@code busy} if too many wait */
    Request open(AgentId peer, Duration timeout, Consumer<MeshMessage> interim) {
        if (!room.tryAcquire()) {
            throw new MeshException(
                    "busy", MOST + " requests wait for an answer already; try again later");
        }
        long due = clock() + Math.max(1, timeout.toNanos());
        Request request = new Request(newId(), peer, interim, timeout, due);
        while (waiting.putIfAbsent(request.id, request) != null) {
            request = new Request(newId(), peer, interim, timeout, due);
        }
        Request opened = request;
        opened.answer.whenComplete(
                (message, e) -> {
                    if (waiting.remove(opened.id, opened)) {
                        room.release();
                    }
                });
        try {
            wake(due);
        } catch (RejectedExecutionException e) {
            MeshException stopped = new MeshException("stopped", "this host is stopping");
            opened.answer.completeExceptionally(stopped);
            throw stopped;
        }
        return opened;
    }

    private long clock() {
        return System.nanoTime() - epoch;
    }

    /** Sets the one alarm for all requests, unless it is set for sooner: most requests are answered long before, and need no timer of their own. */
    private void wake(long at) {
        for (long set = alarm.get(); at < set; set = alarm.get()) {
            if (alarm.compareAndSet(set, at)) {
                timer.schedule(() -> look(at), Math.max(0, at - clock()), TimeUnit.NANOSECONDS);
                return;
            }
        }
    }

    private void look(long at) {
        if (!alarm.compareAndSet(at, NONE)) {
            return; // another one is set for sooner, and goes on from there
        }
        long now = clock();
        long next = NONE;
        for (Request request : waiting.values()) {
            if (request.due <= now) {
                expire(request);
            } else {
                next = Math.min(next, request.due);
            }
        }
        if (next != NONE) {
            try {
                wake(Math.max(next, now + LEAST_PAUSE));
            } catch (RejectedExecutionException stopping) {
                // the host stops: whoever waits is told by that
            }
        }
    }

    private void expire(Request request) {
        MeshException late =
                new MeshException(
                        "timeout",
                        request.peer
                                + " did not answer within "
                                + request.timeout.toMillis()
                                + " ms");
        try {
            executor.execute(
                    () ->
                            request.answer.completeExceptionally(
                                    late)); // what follows may take longer than a timer has
        } catch (RuntimeException full) {
            request.answer.completeExceptionally(late);
        }
    }

    /** Hands a message to the request that it answers.
     * @return false if nobody waits for it: late, twice, made up, or not from the peer that was asked */
    boolean answered(AgentId from, MeshMessage message) {
        Request request = waiting.get(message.requestId());
        if (request == null || !request.peer.equals(from)) {
            return false;
        }
        if (!isInterim(message.type())) {
            return request.answer.complete(message);
        }
        if (request.interim != null && !request.answer.isDone()) {
            try {
                request.interim.accept(message);
            } catch (RuntimeException e) {
                LOG.warn("a listener for the chunks of {} failed", from, e);
            }
        }
        return true;
    }

    /** A link is gone: what was sent on it gets no answer. */
    void lost(Link link, String reason) {
        for (Request request : List.copyOf(waiting.values())) {
            if (request.link == link) {
                request.answer.completeExceptionally(
                        new MeshException(
                                "link_closed",
                                "the link to "
                                        + request.peer
                                        + " closed before the answer: "
                                        + reason));
            }
        }
    }

    /** A peer is gone for good, or has forgotten what it was asked.
     * @param reason a few words */
    void lost(AgentId peer, String reason) {
        for (Request request : List.copyOf(waiting.values())) {
            if (request.peer.equals(peer)) {
                request.answer.completeExceptionally(
                        new MeshException(
                                "link_closed",
                                "the link to " + peer + " closed before the answer: " + reason));
            }
        }
    }

    /** Whether a request to a peer waits. */
    boolean waitsFor(AgentId peer) {
        return waiting.values().stream().anyMatch(request -> request.peer.equals(peer));
    }

    /** Ends all. */
    void stop() {
        List.copyOf(waiting.values())
                .forEach(
                        request ->
                                request.answer.completeExceptionally(
                                        new MeshException("stopped", "this host is stopping")));
    }

    int size() {
        return waiting.size();
    }

    /** One request. */
    static final class Request {
        final String id;
        final AgentId peer;
        final Consumer<MeshMessage> interim;
        final CompletableFuture<MeshMessage> answer = new CompletableFuture<>();
        volatile Link link;

        private final Duration timeout;
        private final long due;

        Request(
                String id,
                AgentId peer,
                Consumer<MeshMessage> interim,
                Duration timeout,
                long due) {
            this.timeout = timeout;
            this.due = due;
            this.id = id;
            this.peer = peer;
            this.interim = interim;
        }

        /** Notes the link that carries it. A link that closed meanwhile has told so already, and tells no more. */
        void sentOn(Link carrier) {
            link = carrier;
        }
    }
}
