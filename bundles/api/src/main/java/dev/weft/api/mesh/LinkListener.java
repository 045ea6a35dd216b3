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

    /** A link is down.
     * @param link the link
     * @param reason a few words */
    void closed(Link link, String reason);
}
