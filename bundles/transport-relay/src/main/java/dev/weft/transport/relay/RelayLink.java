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
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** A link that exists in name only: its frames travel in signaling frames through the registry. */
final class RelayLink implements Link {
    /** Longest frame: it must fit into a signaling frame with its envelope. */
    static final int MAX_FRAME = 192 << 10;

    private final AgentId peer;
    private final Signaling signaling;
    private final LinkListener listener;
    private final Consumer<RelayLink> forget;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean telling = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
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
        tell(
                () -> {
                    if (!told && isOpen()) {
                        told = true;
                        listener.opened(this);
                    }
                });
    }

    /** Hands an arrived frame to the mesh. */
    void arrived(JsonNode message) {
        String frame = Wire.write((Object) message);
        received.addAndGet(frame.getBytes(StandardCharsets.UTF_8).length);
        tell(
                () -> {
                    if (isOpen()) {
                        listener.received(this, frame);
                    }
                });
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
    public boolean isOpen() {
        return !closed.get();
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
        JsonNode message;
        try {
            message = Wire.tree(frame);
        } catch (ProtocolException e) {
            throw new LinkException("only JSON goes through the registry: " + e.getMessage());
        }
        if (!signaling.send(SignalMessage.RELAY, peer, Wire.object().set("message", message))) {
            throw new LinkException(
                    signaling.isConnected()
                            ? "too much waits to be sent through the registry; try again later"
                            : "the registry is away");
        }
        sent.addAndGet(bytes);
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
