package dev.weft.api.mesh;

import dev.weft.protocol.AgentCard;
import org.osgi.annotation.versioning.ProviderType;

/** Makes this host's card out of its {@link CardPart}s. Thread-safe. */
@ProviderType
public interface CardSource {
    /** The card as it is now.
     * @return never null */
    AgentCard card();

    /** A {@link CardPart} has news: the {@link CardListener}s are told. Returns at once. */
    void changed();
}
