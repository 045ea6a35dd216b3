package dev.weft.signaling;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalHead;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One agent's open socket. Thread-safe. */
final class PeerSocket {
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(15);
    private final AgentId id;
    private final String instance;
    private final Link link;
    private final Outbox outbox;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile long heard;
    private volatile long pinged;
    private volatile boolean registered;
    private volatile boolean listed;
    private volatile long opened;
    private volatile long until;
    private volatile long ask;

    PeerSocket(Admission.Pass pass, String instance, Link link, long now) {
        this.id = pass.agent();
        renewed(pass, now);
        this.instance = instance;
        this.link = link;
        this.outbox = new Outbox(link);
        this.heard = now;
        this.pinged = now;
    }

    AgentId id() {
        return id;
    }

    /** Which process of the agent it is, "" if it does not say. */
    String instance() {
        return instance;
    }

    /** When it registered, by the clock of {@link RemoteSockets}. */
    long opened() {
        return opened;
    }

    /** Whether a socket of the same agent comes from another process than this one's; those that do not say count as one. */
    boolean isOfAnother(String otherInstance) {
        return areOfTwo(instance, otherInstance);
    }

    static boolean areOfTwo(String instance, String other) {
        return !instance.isEmpty() && !other.isEmpty() && !instance.equals(other);
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Asks for a sign of life now.
     * @return when it was asked */
    long probe() {
        long now = System.nanoTime();
        pinged = now;
        link.ping();
        return now;
    }

    /** Whether a sign of life came since. */
    boolean isHeardSince(long then) {
        return heard - then > 0;
    }

    /** Whether it said {@code register}: messages reach it from then on. */
    boolean isRegistered() {
        return registered;
    }

    /** Whether others know of this agent's being here, from this socket or the one that it replaced. */
    boolean isListed() {
        return listed;
    }

    void replaces(PeerSocket before) {
        listed = before.listed;
    }

    void registered(long when) {
        opened = when;
        registered = true;
        listed = true;
    }

    /** A token is good for a while: it is to be renewed in time, and the socket ends with it.
     * @param pass of the same agent */
    void renewed(Admission.Pass pass, long now) {
        until = pass.until();
        ask = pass.until() - Math.min(ASK_NANOS, (pass.until() - now) / 2);
    }

    /** Whether its token ended. */
    boolean isExpired(long now) {
        return now - until >= 0;
    }

    /** Asks for a fresh token if that is due; Weft hosts send one, others let the socket end and come back. */
    void askIfDue(long now) {
        if (registered && now - ask >= 0) {
            ask = now + Math.min(ASK_AGAIN_NANOS, Math.max(1, (until - now) / 2));
            send(
                    Wire.write(
                            new SignalMessage(
                                    SignalMessage.RENEW,
                                    SignalMessage.REGISTRY,
                                    id.value(),
                                    Wire.object()
                                            .put(
                                                    "expires_in",
                                                    TimeUnit.NANOSECONDS.toSeconds(until - now)))));
        }
    }

    void heard(long now) {
        heard = now;
    }

    /** Nanoseconds since the other side last showed a sign of life. */
    long silence(long now) {
        return now - heard;
    }

    /** Pings a socket that has said nothing for long, and was not asked meanwhile.
     * @return whether it was pinged */
    boolean pingIfDue(long now, long every) {
        if (now - pinged < every || now - heard < every) {
            return false;
        }
        pinged = now;
        link.ping();
        return true;
    }

    /** Queues a frame; a socket that reads too slowly to take it is closed.
     * @return false if it will not be sent */
    boolean send(String frame) {
        boolean queued = !closed.get() && outbox.offer(frame);
        if (!queued) {
            close(Close.TOO_SLOW, "reads too slowly");
        }
        return queued;
    }

    /** Tells the sender that a message came to nothing.
     * @param about the message, null if it could not be read */
    void error(String code, String message, SignalHead about) {
        send(errorFrame(id, code, message, about));
    }

    static String errorFrame(AgentId to, String code, String message, SignalHead about) {
        var payload = Wire.object().put("code", code).put("message", message);
        if (about != null) {
            payload.putObject("ref").put("type", about.type()).put("target_id", about.targetId());
        }
        return Wire.write(
                new SignalMessage(
                        SignalMessage.ERROR, SignalMessage.REGISTRY, to.value(), payload));
    }

    void close(int code, String reason) {
        if (closed.compareAndSet(false, true)) {
            outbox.close();
            link.close(code, reason);
        }
    }
}
