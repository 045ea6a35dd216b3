package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.mesh.Path;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A link that exists in name only: its frames travel in signaling frames through the registry, sealed if the peer can. */
final class RelayLink implements Link {
    /** Longest frame: sealed, it is a third longer and must fit into a signaling frame with its envelope. */
    static final int MAX_FRAME = 190 << 10;

    private static final int MOST_SEALS = 3;
    private final AgentId peer;
    private final Signaling signaling;
    private final LinkListener listener;
    private final Consumer<RelayLink> forget;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Object order = new Object();
    private final Gathered gathered = new Gathered(); // with the lock
    private boolean gathers; // with the lock
    private volatile Seal sending;
    private volatile List<Seal> opening = List.of();
    private volatile List<Seal> offered = List.of();
    private volatile boolean inClear;
    private boolean told; // read and written in news only

    RelayLink(
            AgentId peer, Signaling signaling, LinkListener listener, Consumer<RelayLink> forget) {
        this.peer = peer;
        this.signaling = signaling;
        this.listener = listener;
        this.forget = forget;
    }

    /** Calls for one link come one at a time and in order. No lock is held meanwhile: what the listener does may lead here again. */
    private void tell(Runnable call) {
        news.add(call);
        while (!news.isEmpty() && telling.compareAndSet(false, true)) {
            try {
                for (Runnable next = news.poll(); next != null; next = news.poll()) {
                    next.run();
                }
            } finally {
                telling.set(false);
            }
        }
    }

    /** Tells the mesh that the link is up, once. */
    void opened() {
        tell(() -> open(() -> {}));
    }

    private void open(Runnable first) {
        if (told || !isOpen()) {
            first.run();
            return;
        }
        told = true;
        gather();
        try {
            listener.opened(this);
            first.run();
        } finally {
            release();
        }
    }

    /** The first frames, a greeting and what waited for the link or answers the peer's first frame, leave together: each by itself takes its time at both ends and in the registry. */
    private void gather() {
        synchronized (order) {
            gathers = isSealed(); // others may not know arrays
        }
    }

    private void release() {
        boolean left;
        synchronized (order) {
            gathers = false;
            left = sendGathered();
        }
        if (!left) {
            close("what was said first could not be sent through the registry");
        }
    }

    private boolean sendGathered() {
        return gathered.isEmpty() || send("sealed", sending.seal(gathered.take()));
    }

    /** A seal that the peer asked for, or somebody in its name: it counts from the first frame that opens with it, which nobody else can make. */
    synchronized void offered(Seal seal) {
        offered = newest(seal, offered);
    }

    /** From now on frames leave with this seal, and open with it; those with the last ones still do, as both sides may have offered at once. */
    void use(Seal agreed) {
        synchronized (this) {
            refuse(agreed);
            opening = newest(agreed, opening);
        }
        synchronized (order) {
            sending = agreed;
        }
    }

    /** Forgets a seal of which no frame has opened: the two sides did not derive the same keys.
     * @return false if it is none of those */
    synchronized boolean refuse(Seal seal) {
        int before = offered.size();
        offered = offered.stream().filter(other -> other != seal).toList();
        return offered.size() < before;
    }

    private static List<Seal> newest(Seal first, List<Seal> others) {
        return Stream.concat(Stream.of(first), others.stream()).limit(MOST_SEALS).toList();
    }

    /** Whether frames are sealed. */
    boolean isSealed() {
        return sending != null;
    }

    /** The peer has no key: until it has one, frames are not sealed. */
    void serveInClear() {
        inClear = true;
    }

    boolean isInClear() {
        return inClear;
    }

    /** The seal of an id.
     * @return empty if none of it opens here */
    Optional<Seal> seal(String id) {
        return Stream.of(opening, offered)
                .flatMap(List::stream)
                .filter(known -> known.id().equals(id))
                .findFirst();
    }

    /** Opens a frame and hands it to the mesh.
     * @throws ProtocolException if it was changed, made up, or seen before */
    void arrived(Seal seal, JsonNode frame) {
        String opened = seal.open(frame);
        if (offered.contains(seal)) {
            use(seal);
        }
        arrived(opened);
    }

    /** Hands an arrived frame to the mesh: a link that is not up yet, is. */
    void arrived(String frame) {
        received.addAndGet(frame.getBytes(StandardCharsets.UTF_8).length);
        tell(
                () ->
                        open(
                                () -> {
                                    if (isOpen()) {
                                        listener.received(this, frame);
                                    }
                                }));
    }

    @Override
    public AgentId peer() {
        return peer;
    }

    @Override
    public Path path() {
        return Path.RELAY;
    }

    @Override
    public String candidatePair() {
        return isSealed() ? "registry, sealed" : "registry, not sealed";
    }

    @Override
    public boolean isOpen() {
        return !closed.get();
    }

    @Override
    public int maxFrame() {
        return MAX_FRAME;
    }

    @Override
    public void send(String frame) {
        if (!isOpen()) {
            throw new LinkException("the relay link to " + peer + " is closed");
        }
        int bytes =
                frame.length() > MAX_FRAME
                        ? frame.length()
                        : frame.getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_FRAME) {
            throw new LinkException(
                    "a message through the registry may have "
                            + MAX_FRAME
                            + " bytes, this one to "
                            + peer
                            + " has "
                            + bytes
                            + "; it needs a direct link");
        }
        if (!(isSealed() ? sendSealed(frame, bytes) : sendPlain(frame))) {
            throw new LinkException(
                    signaling.isConnected()
                            ? "too much waits to be sent through the registry; try again later"
                            : "the registry is away");
        }
        sent.addAndGet(bytes);
    }

    /** In the order of the seal's numbers: a frame that comes after a later one is refused. */
    private boolean sendSealed(String frame, int bytes) {
        synchronized (order) {
            if (gathers && gathered.takes(frame, bytes)) {
                gathered.add(frame, bytes);
                return true;
            }
            if (!sendGathered()) {
                return false;
            }
            return send("sealed", sending.seal(frame));
        }
    }

    private boolean sendPlain(String frame) {
        try {
            return send("message", Wire.tree(frame));
        } catch (ProtocolException e) {
            throw new LinkException("only JSON goes through the registry: " + e.getMessage());
        }
    }

    private boolean send(String kind, JsonNode content) {
        return signaling.send(SignalMessage.RELAY, peer, Wire.object().set(kind, content));
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
    public void close(String reason) {
        forget.accept(this);
        if (closed.compareAndSet(false, true)) {
            tell(
                    () -> {
                        if (told) {
                            listener.closed(this, reason);
                        }
                    });
        }
    }

    @Override
    public String toString() {
        return "relay link to " + peer;
    }
}
