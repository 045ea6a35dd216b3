package dev.weft.api.mesh;

import org.osgi.annotation.versioning.ProviderType;

/** Where transports report; the mesh offers it as a service. Calls for one link come one at a time. Must not block. */
@ProviderType
public interface LinkListener {
    /** A link is up.
     * @param link the link */
    void opened(Link link);

    /** A frame arrived.
     * @param link where
     * @param frame text */
    void received(Link link, String frame);

    /** A frame of bytes arrived.
     * @param link where
     * @param frame UTF-8 text, or anything if it is binary; belongs to the listener now
     * @param binary whether it is a binary frame */
    default void received(Link link, byte[] frame, boolean binary) {
        if (!binary) {
            received(link, new String(frame, java.nio.charset.StandardCharsets.UTF_8));
        }
    }

    /** A link takes frames again, after {@link Link#isWritable()} said no.
     * @param link the link */
    default void writable(Link link) {}

    /** A link is down.
     * @param link the link
     * @param reason a few words */
    void closed(Link link, String reason);
}
