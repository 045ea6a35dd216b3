package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import org.osgi.annotation.versioning.ProviderType;

/** A way to one peer that carries frames, reliable and in order. Thread-safe. */
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

    /** Queues a frame of bytes. Never blocks.
     * @param frame UTF-8 text, or anything if it is binary; not changed afterwards
     * @param binary whether the peer gets it as a binary frame
     * @throws LinkException if the link is closed, its bounded queue is full, the frame is too large for the peer, or it is binary and
     *     {@link #carriesBinary()} says no */
    default void send(byte[] frame, boolean binary) {
        if (binary) {
            throw new LinkException("the link to " + peer() + " carries text only");
        }
        send(new String(frame, java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Whether binary frames travel as they are.
     * @return false if only text does */
    default boolean carriesBinary() {
        return false;
    }

    /** Longest frame that the link and the peer take.
     * @return bytes */
    default int maxFrame() {
        return 64 << 10;
    }

    /** Whether a frame would leave soon. After this said no, {@link LinkListener#writable} tells when it says yes again.
     * @return false while as much waits as the way to the peer takes in a few milliseconds */
    default boolean isWritable() {
        return true;
    }

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
