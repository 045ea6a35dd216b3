package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import org.osgi.annotation.versioning.ProviderType;

/** A way to one peer that carries text frames, reliable and in order. Thread-safe. */
@ProviderType
public interface Link {
    /** Who is at the other end.
     * @return never null */
    AgentId peer();

    /** How it travels.
     * @return never null */
    Path path();

    /** Whether frames can be sent now.
     * @return false once it is closed */
    boolean isOpen();

    /** Whether the peer was heard of lately. A link that is open but silent may be mending: what can wait or go another way should.
     * @return true while nothing speaks against it */
    default boolean isResponsive() {
        return isOpen();
    }

    /** The two ends as measured, e.g. {@code host udp 10.0.0.1:4242 - srflx udp 192.0.2.7:5353}: kind of candidate, protocol, address.
     * @return "" if there is nothing to tell (yet) */
    default String candidatePair() {
        return "";
    }

    /** Queues a frame. Never blocks.
     * @param frame text
     * @throws LinkException if the link is closed, its bounded queue is full or the frame is too large for the peer */
    void send(String frame);

    /** Bytes sent so far.
     * @return UTF-8 bytes of frames */
    long bytesSent();

    /** Bytes received so far.
     * @return UTF-8 bytes of frames */
    long bytesReceived();

    /** Closes the link. The listener hears of it. Twice is harmless.
     * @param reason a few words for the log */
    void close(String reason);
}
