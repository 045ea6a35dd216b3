package dev.weft.store;

import dev.weft.api.cluster.ClusterListener;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What waits to be told to one listener: in order, one at a time, bounded. What is too much is dropped, and the listener reads anew. */
final class Mailbox {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final int MOST = 20_000;
    private static final int MOST_CHARACTERS = 16 << 20;

    private final String topic;
    private final ClusterListener listener;
    private final Executor executor;
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int characters;
    private boolean running;
    private boolean closed;

    Mailbox(String topic, ClusterListener listener, Executor executor) {
        this.topic = topic;
        this.listener = listener;
        this.executor = executor;
    }

    void received(String from, String text) {
        add(
                () -> {
                    release(text.length());
                    listener.received(from, text);
                },
                text.length());
    }

    void joined(String host) {
        add(() -> listener.joined(host), 0);
    }

    void left(String host) {
        add(() -> listener.left(host), 0);
    }

    void resync() {
        add(listener::resync, 0);
    }

    private synchronized void release(int length) {
        characters = Math.max(0, characters - length);
    }

    private synchronized void add(Runnable news, int length) {
        if (closed) {
            return;
        }
        if (waiting.size() >= MOST || characters + length > MOST_CHARACTERS) {
            LOG.warn(
                    "{} messages of other hosts on \"{}\" came faster than they could be handled and are dropped; this host reads anew",
                    waiting.size(),
                    topic);
            waiting.clear();
            characters = 0;
            waiting.add(listener::resync);
        } else {
            waiting.add(news);
            characters += length;
        }
        kick();
    }

    /** Starts telling, unless it is under way. */
    synchronized void kick() {
        if (running || waiting.isEmpty()) {
            return;
        }
        try {
            running = true;
            executor.execute(this::tell);
        } catch (RejectedExecutionException busy) {
            running = false; // kicked again within a second
        }
    }

    private void tell() {
        for (Runnable next = next(); next != null; next = next()) {
            try {
                next.run();
            } catch (RuntimeException e) {
                LOG.warn("news of another host on \"{}\" was not taken", topic, e);
            }
        }
    }

    private synchronized Runnable next() {
        Runnable next = waiting.poll();
        running = next != null;
        return next;
    }

    synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
