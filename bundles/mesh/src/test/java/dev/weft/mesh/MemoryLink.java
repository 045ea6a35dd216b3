package dev.weft.mesh;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** One end of a link in memory; what arrives is told on a thread of its own, in order. */
final class MemoryLink implements Link {
    final List<String> frames = new CopyOnWriteArrayList<>();
    private final AgentId peer;
    private final Path path;
    private final LinkListener listener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final AtomicBoolean open = new AtomicBoolean(true);
    private final AtomicBoolean broken = new AtomicBoolean();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong got = new AtomicLong();
    private final Object lock;
    private MemoryLink other;
    final AtomicInteger refused = new AtomicInteger();
    volatile int maxFrame = Integer.MAX_VALUE;

    /** How many frames it takes before it is full. */
    volatile int room = Integer.MAX_VALUE;

    volatile boolean silent;

    private MemoryLink(AgentId peer, Path path, LinkListener listener, Object lock) {
        this.lock = lock;
        this.peer = peer;
        this.path = path;
        this.listener = listener;
    }

    /** Makes both ends and tells both sides.
     * @return the end that {@code a} holds */
    static MemoryLink between(AgentId a, LinkListener atA, AgentId b, LinkListener atB, Path path) {
        Object lock = new Object();
        MemoryLink left = new MemoryLink(b, path, atA, lock);
        MemoryLink right = new MemoryLink(a, path, atB, lock);
        left.other = right;
        right.other = left;
        synchronized (lock) { // nothing arrives before its end is told as open
            left.thread.execute(() -> atA.opened(left));
            right.thread.execute(() -> atB.opened(right));
        }
        return left;
    }

    /** Breaks: what has not arrived yet never does. */
    void cut() {
        broken.set(true);
        other.broken.set(true);
        close("cut");
    }

    MemoryLink other() {
        return other;
    }

    @Override
    public AgentId peer() {
        return peer;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public boolean isOpen() {
        return open.get();
    }

    @Override
    public boolean isResponsive() {
        return isOpen() && !silent;
    }

    @Override
    public boolean isWritable() {
        return frames.size() < room;
    }

    /** Whether this end has said hello and read the other's: it answers a ping, which comes after a hello. */
    boolean greeted() {
        return frames.stream().anyMatch(frame -> frame.contains(MeshMessage.HELLO))
                && frames.stream().anyMatch(frame -> frame.contains("\"pong\""));
    }

    @Override
    public void send(String frame) {
        put(frame, () -> other.listener.received(other, frame));
    }

    private void put(String frame, Runnable arrival) {
        synchronized (lock) {
            if (!isOpen() || !other.isOpen()) {
                throw new LinkException("closed");
            }
            if (frame.length() > maxFrame) {
                refused.incrementAndGet();
                throw new LinkException("too large for this way");
            }
            sent.addAndGet(frame.length());
            frames.add(frame);
            other.got.addAndGet(frame.length());
            other.thread.execute(
                    () -> {
                        if (!other.broken.get()) {
                            arrival.run();
                        }
                    });
        }
    }

    @Override
    public void send(byte[] frame, boolean binary) {
        if (!binary) {
            send(new String(frame, StandardCharsets.UTF_8));
            return;
        }
        put(
                new String(frame, StandardCharsets.ISO_8859_1),
                () -> other.listener.received(other, frame, true));
    }

    @Override
    public boolean carriesBinary() {
        return path != Path.RELAY;
    }

    @Override
    public long bytesSent() {
        return sent.get();
    }

    @Override
    public long bytesReceived() {
        return got.get();
    }

    @Override
    public void close(String reason) {
        end(reason);
        other.end("closed by peer");
    }

    private void end(String reason) {
        synchronized (lock) {
            if (open.compareAndSet(true, false)) {
                thread.execute(() -> listener.closed(this, reason));
                thread.shutdown();
            }
        }
    }
}
