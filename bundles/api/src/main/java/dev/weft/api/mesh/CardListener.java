package dev.weft.api.mesh;

import org.osgi.annotation.versioning.ConsumerType;

/** Hears when this host's card changes; registered as a service. Must not block. */
@ConsumerType
public interface CardListener {
    /** The card says something else now; {@link CardSource#card()} has it. */
    void cardChanged();
}
