package dev.weft.transport.webrtc;

import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.AgentId;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An open channel as the mesh sees it: one queue out, one queue in, each worked off in order on the shared executor, each bounded.
 */
final class WebRtcLink implements Link {
    /** Bytes that may wait to be sent; beyond, frames are refused. */
    static final long MAX_OUTBOX = 8L << 20;

    /** Bytes that may wait to be handled: libwebrtc cannot be told to stop receiving, so beyond, the link is closed. */
    static final long MAX_INBOX = 32L << 20;

    private static final long PATH_AGE_NANOS = 5_000_000_000L;

    private record Sent(byte[] bytes, boolean binary) {}

    /** What a link asks of its owner; both hand over. */
    interface Owner {
        void close(String reason);

        void askPath();
    }

    private final AgentId peer;
    private final Connection connection;
    private final Surroundings around;
    private final Owner owner;
    private final SerialExecutor inbox;
    private final SerialExecutor outbox;
    private final Queue<Sent> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger wanted = new AtomicInteger();
    private final Pace pace = new Pace();
    private final AtomicLong waitingOut = new AtomicLong();
    private final AtomicLong waitingIn = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong pathAsked = new AtomicLong(System.nanoTime());
    private boolean announced;
    private volatile boolean open;
    private volatile boolean closed;
    private volatile SelectedPair pair = new SelectedPair(Path.P2P, "");
    private volatile boolean silent;
    private volatile boolean stalled;
    private volatile boolean refused;

    WebRtcLink(AgentId peer, Connection connection, Surroundings around, Owner owner) {
        this.peer = peer;
        this.connection = connection;
        this.around = around;
        this.owner = owner;
        inbox = around.serial();
        outbox = around.serial();
    }

    @Override
    public AgentId peer() {
        return peer;
    }

    @Override
    public Path path() {
        long asked = pathAsked.get();
        long now = System.nanoTime();
        if (isOpen() && now - asked > PATH_AGE_NANOS && pathAsked.compareAndSet(asked, now)) {
            owner.askPath(); // ICE may move to another pair at any time and does not say so
        }
        return pair.path();
    }

    @Override
    public String candidatePair() {
        return pair.text();
    }

    void selected(SelectedPair measured) {
        pair = measured;
    }

    /** Notes whether ICE hears the peer. */
    void silent(boolean now) {
        silent = now;
    }

    @Override
    public boolean isResponsive() {
        return isOpen() && !silent;
    }

    @Override
    public boolean isOpen() {
        return open && !closed;
    }

    @Override
    public long bytesSent() {
        return sent.get();
    }

    @Override
    public long bytesReceived() {
        return received.get();
    }

    @Override
    public void send(String frame) {
        send(frame.getBytes(StandardCharsets.UTF_8), false);
    }

    @Override
    public void send(byte[] frame, boolean binary) {
        if (!isOpen()) {
            throw new LinkException("the link to " + peer + " is closed");
        }
        if (frame.length > connection.maxMessage()) {
            throw new LinkException(
                    "a frame of "
                            + frame.length
                            + " bytes is too large for "
                            + peer
                            + ", a message may have "
                            + connection.maxMessage());
        }
        if (waitingOut.addAndGet(frame.length) > MAX_OUTBOX) {
            waitingOut.addAndGet(-frame.length);
            throw new LinkException(
                    peer + " takes frames too slowly: " + MAX_OUTBOX + " bytes wait to be sent");
        }
        waiting.add(new Sent(frame, binary));
        pump();
    }

    @Override
    public boolean carriesBinary() {
        return true;
    }

    @Override
    public int maxFrame() {
        return connection.maxMessage();
    }

    @Override
    public boolean isWritable() {
        if (!stalled) {
            return true;
        }
        refused = true;
        return !stalled; // it may have ended just now, before it was known that somebody waits
    }

    /** Sends on the caller's thread, unless another one does: a native call takes less than waking a worker would. */
    private void pump() {
        if (wanted.getAndIncrement() == 0) {
            int seen;
            do {
                seen = wanted.get();
                drain();
            } while (wanted.addAndGet(-seen) != 0);
        }
    }

    private void drain() {
        while (!stalled) {
            Sent next = waiting.poll();
            if (next == null) {
                return;
            }
            if (closed || !connection.send(next.bytes, next.binary)) {
                waiting.clear();
                owner.close("the channel takes no more frames");
                return;
            }
            waitingOut.addAndGet(-next.bytes.length);
            sent.addAndGet(next.bytes.length);
            if (pace.sent(next.bytes.length) && pace.full(connection.buffered())) {
                stalled = true;
                lookLater();
            }
        }
    }

    /** This version of webrtc-java never calls onBufferedAmountChange, so somebody must look. */
    private void lookLater() {
        around.later(Pace.LOOK, () -> outbox.execute(this::look));
    }

    private void look() {
        if (closed) {
            return;
        }
        if (pace.full(connection.buffered())) {
            lookLater();
            return;
        }
        stalled = false;
        pump();
        if (refused && !stalled) {
            refused = false;
            around.listener().writable(this);
        }
    }

    /** A frame arrived; called on a thread of libwebrtc. */
    void receive(byte[] frame, boolean binary) {
        if (closed) {
            return;
        }
        if (waitingIn.addAndGet(frame.length) > MAX_INBOX) {
            owner.close("more than " + MAX_INBOX + " bytes from " + peer + " wait to be handled");
            return;
        }
        announceOpen();
        received.addAndGet(frame.length);
        inbox.execute(
                () -> {
                    waitingIn.addAndGet(-frame.length);
                    around.listener().received(this, frame, binary);
                });
    }

    /** Tells the listener, once, and before the first frame: the library reports the two on different threads. */
    synchronized void announceOpen() {
        if (!announced && !closed) {
            announced = true;
            open = true;
            inbox.execute(() -> around.listener().opened(this));
        }
    }

    /** Tells the listener, once, after the last frame.
     * @param reason why
     * @param successor the link that replaces this one, which the listener hears of first; null if none does */
    synchronized void announceClosed(String reason, WebRtcLink successor) {
        if (!closed) {
            closed = true;
            if (announced) {
                Runnable last = () -> around.listener().closed(this, reason);
                if (successor == null) {
                    inbox.execute(last);
                } else {
                    successor.inbox.execute(() -> inbox.execute(last));
                }
            }
        }
    }

    @Override
    public void close(String reason) {
        owner.close(reason);
    }

    @Override
    public String toString() {
        return "WebRTC link to " + peer;
    }
}
