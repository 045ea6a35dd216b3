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
