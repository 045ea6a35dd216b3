package dev.weft.signaling;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/** What waits to be sent on one socket: bounded, in order, one frame on its way at a time. */
final class Outbox {
    private static final int MAX_MESSAGES = 1024;
    private static final int MAX_CHARACTERS = 4 << 20;
    private final Link link;
    private final Deque<String> queue = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private int characters;
    private boolean sending;
    private boolean closed;

    Outbox(Link link) {
        this.link = link;
    }

    /** Queues a frame.
     * @return false if the socket is closed or what waits is too much */
    boolean offer(String text) {
        lock.lock();
        try {
            if (closed
                    || queue.size() >= MAX_MESSAGES
                    || characters + text.length() > MAX_CHARACTERS) {
                return false;
            }
            queue.add(text);
            characters += text.length();
            if (sending) {
                return true;
            }
            sending = true;
        } finally {
            lock.unlock();
        }
        pump();
        return true;
    }

    /** Drops what waits and refuses the rest. */
    void close() {
        lock.lock();
        try {
            closed = true;
            queue.clear();
            characters = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Sends until a frame takes its time; its completion goes on. A loop, because frames that complete at once would otherwise nest. */
    private void pump() {
        for (String next = next(); next != null; next = next()) {
            int length = next.length();
            AtomicBoolean second = new AtomicBoolean();
            link.send(
                    next,
                    error -> {
                        sent(length, error);
                        if (second.getAndSet(true)) {
                            pump();
                        }
                    });
            if (!second.getAndSet(true)) {
                return;
            }
        }
    }

    private String next() {
        lock.lock();
        try {
            String next = queue.poll();
            sending = next != null;
            return next;
        } finally {
            lock.unlock();
        }
    }

    private void sent(int length, Throwable error) {
        if (error != null) {
            close();
            return;
        }
        lock.lock();
        try {
            characters = Math.max(0, characters - length);
        } finally {
            lock.unlock();
        }
    }
}
