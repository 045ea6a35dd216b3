package dev.weft.api.mesh;

import java.util.Locale;

/** How a message travels to a peer, best first. */
public enum Path {
    /** Straight: host or reflexive candidates. */
    P2P,
    /** Through a TURN server. */
    TURN,
    /** Through the registry's socket. */
    RELAY;

    /** Name on the wire.
     * @return lower case */
    @com.fasterxml.jackson.annotation.JsonValue
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
