package dev.weft.mesh;

import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Transport;
import dev.weft.protocol.AgentId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;

/**
 * Opens links on demand: one attempt for a peer at a time. A Weft host is tried over the relay, and a moment later over the others too: the first link
 * carries what waits. Others, which may not know the relay, get the best transport first and the next one if it fails.
 */
final class Dialer {
    private static final int MOST_WAITING = 10_000;
    private static final long PATIENCE_SECONDS = 20;

    /** By how much the relay goes first: a direct link keeps both hosts busy while it is made, and the first message would wait for that. */
    private static final long HEAD_START_MILLIS = 15;

    private final List<Late<Transport>> transports = new CopyOnWriteArrayList<>();
    private final Map<AgentId, Attempt> attempts = new ConcurrentHashMap<>();
    private final AgentDirectory directory;
    private final ScheduledExecutorService timer;

    Dialer(AgentDirectory directory, ScheduledExecutorService timer) {
        this.directory = directory;
        this.timer = timer;
    }

    void add(ComponentServiceObjects<Transport> objects) {
        transports.add(new Late<>(objects));
    }

    void remove(ServiceReference<Transport> reference) {
        transports.removeIf(late -> late.holds(reference));
    }

    /** Opens a link, or joins the attempt that is under way.
     * @param then called once, in the order of the calls to this method: with a link, or with null and a reason */
    void dial(AgentId peer, BiConsumer<Link, String> then) {
        Attempt fresh = new Attempt(peer);
        Attempt attempt;
        do {
            attempt = attempts.computeIfAbsent(peer, id -> fresh);
        } while (!attempt.join(then));
        if (attempt == fresh) {
            attempt.start();
        }
    }

    /** Opens a direct link, or joins the attempt that is under way.
     * @return fails if no direct transport reaches the peer */
    CompletableFuture<Link> direct(AgentId peer) {
        return byPath().stream()
                .filter(transport -> transport.path() != Path.RELAY)
                .findFirst()
                .map(transport -> connect(transport, peer))
                .orElseGet(
                        () ->
                                CompletableFuture.failedFuture(
                                        new LinkException("no direct transport is here")));
    }

    private static CompletableFuture<Link> connect(Transport transport, AgentId peer) {
        try {
            return transport.connect(peer).copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(
                    e instanceof LinkException ? e : new LinkException(words(e)));
        }
    }

    private boolean isWeft(AgentId peer) {
        return directory
                .find(peer.value())
                .filter(agent -> !agent.card().publicKey().isEmpty())
                .isPresent();
    }

    private List<Transport> byPath() {
        List<Transport> found = new ArrayList<>();
        for (Late<Transport> late : transports) {
            Transport transport = late.get();
            if (transport != null) {
                found.add(transport);
            }
        }
        found.sort(Comparator.comparing(Transport::path));
        return found;
    }

    /** Why a link could not be made, for people. */
    static String words(Throwable e) {
        Throwable cause =
                e instanceof CompletionException && e.getCause() != null ? e.getCause() : e;
        return cause instanceof TimeoutException
                ? "no answer within " + PATIENCE_SECONDS + " s"
                : cause.getMessage() == null
                        ? cause.getClass().getSimpleName()
                        : cause.getMessage();
    }

    /** One attempt, and those who wait for it, first come first served. */
    private final class Attempt {
        private final AgentId peer;
        private final List<Transport> transports = byPath();
        private final Iterator<Transport> left = transports.iterator();
        private final Map<Path, String> reasons = new TreeMap<>();
        private final Deque<BiConsumer<Link, String>> waiting = new ArrayDeque<>();
        private boolean over;

        Attempt(AgentId peer) {
            this.peer = peer;
        }

        /** @return false if it is over: try a new one */
        boolean join(BiConsumer<Link, String> then) {
            synchronized (this) {
                if (over) {
                    return false;
                }
                if (waiting.size() < MOST_WAITING) {
                    waiting.add(then);
                    return true;
                }
            }
            then.accept(null, MOST_WAITING + " messages wait for a link already");
            return true;
        }

        void start() {
            if (transports.isEmpty()) {
                end(null, failure());
            } else if (isWeft(peer)) {
                race();
            } else {
                next();
            }
        }

        private void race() {
            AtomicInteger running = new AtomicInteger(transports.size());
            AtomicBoolean begun = new AtomicBoolean();
            Runnable failed =
                    () -> {
                        if (running.decrementAndGet() == 0) {
                            end(null, failure());
                        }
                    };
            Runnable others =
                    () -> {
                        if (begun.compareAndSet(false, true)) {
                            each(false, failed);
                        }
                    };
            if (transports.stream().noneMatch(transport -> transport.path() == Path.RELAY)
                    || !soon(others)) {
                others.run();
            }
            each(
                    true,
                    () -> {
                        failed.run();
                        others.run(); // nothing to wait for
                    });
        }

        private void each(boolean relay, Runnable failed) {
            transports.stream()
                    .filter(transport -> (transport.path() == Path.RELAY) == relay)
                    .forEach(transport -> attempt(transport, failed));
        }

        private boolean soon(Runnable others) {
            try {
                timer.schedule(others, HEAD_START_MILLIS, TimeUnit.MILLISECONDS);
                return true;
            } catch (RejectedExecutionException stopping) {
                return false;
            }
        }

        private void next() {
            if (left.hasNext()) {
                attempt(left.next(), this::next);
            } else {
                end(null, failure());
            }
        }

        private void attempt(Transport transport, Runnable failed) {
            connect(transport, peer)
                    .whenComplete(
                            (link, e) -> {
                                if (e == null && link != null) {
                                    end(link, "");
                                } else {
                                    String why = e == null ? "no link" : words(e);
                                    synchronized (this) {
                                        reasons.put(transport.path(), why);
                                    }
                                    failed.run();
                                }
                            });
        }

        private synchronized String failure() {
            return reasons.isEmpty()
                    ? "no transport is here"
                    : reasons.entrySet().stream()
                            .map(reason -> reason.getKey().wireName() + ": " + reason.getValue())
                            .collect(Collectors.joining("; "));
        }

        private void end(Link link, String reason) {
            for (BiConsumer<Link, String> then = poll(); then != null; then = poll()) {
                then.accept(link, reason);
            }
        }

        private BiConsumer<Link, String> poll() {
            synchronized (this) {
                BiConsumer<Link, String> next = waiting.poll();
                if (next == null) {
                    over = true;
                    attempts.remove(peer, this);
                }
                return next;
            }
        }
    }
}
