package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.Transport;
import dev.weft.protocol.AgentId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.osgi.service.component.ComponentServiceObjects;

/** Opens links on demand: one attempt for a peer at a time, the best transport first, the next one if it fails. */
final class Dialer {
    private static final int MOST_WAITING = 10_000;
    private static final long PATIENCE_SECONDS = 20;
    private final List<Late<Transport>> transports = new CopyOnWriteArrayList<>();
    private final Map<AgentId, Attempt> attempts = new ConcurrentHashMap<>();

    void add(ComponentServiceObjects<Transport> objects) {
        transports.add(new Late<>(objects));
    }

    void remove(ComponentServiceObjects<Transport> objects) {
        transports.removeIf(late -> late.holds(objects));
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
            attempt.next();
        }
    }

    /** Tries a better path in the background; nothing is told if it fails.
     * @param worse paths from this on are of no interest */
    void improve(AgentId peer, dev.weft.api.mesh.Path worse) {
        for (Transport transport : byPath()) {
            if (transport.path().compareTo(worse) < 0) {
                transport.connect(peer);
            }
        }
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

    private static String words(Throwable e) {
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
        private final Iterator<Transport> left = byPath().iterator();
        private final List<String> reasons = new ArrayList<>();
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

        void next() {
            if (!left.hasNext()) {
                end(null, reasons.isEmpty() ? "no transport is here" : String.join("; ", reasons));
                return;
            }
            Transport transport = left.next();
            CompletableFuture<Link> connecting;
            try {
                connecting =
                        transport
                                .connect(peer)
                                .copy()
                                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (RuntimeException e) {
                connecting =
                        CompletableFuture.failedFuture(
                                e instanceof LinkException ? e : new LinkException(words(e)));
            }
            connecting.whenComplete(
                    (link, e) -> {
                        if (e == null && link != null) {
                            end(link, "");
                        } else {
                            reasons.add(
                                    transport.path().wireName()
                                            + ": "
                                            + (e == null ? "no link" : words(e)));
                            next();
                        }
                    });
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
