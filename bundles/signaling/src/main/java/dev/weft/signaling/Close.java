package dev.weft.signaling;

/** WebSocket status codes that this end closes with. */
final class Close {
    /** The registry stops. */
    static final int GOING_AWAY = 1001;

    /** Too many sockets are open. */
    static final int TRY_LATER = 1013;

    /** Another socket of the same agent took its place. */
    static final int REPLACED = 4000;

    /** The agent is no member of the mesh any more. */
    static final int REVOKED = 4001;

    /** Nothing was heard for too long. */
    static final int SILENT = 4002;

    /** It does not read what is sent to it. */
    static final int TOO_SLOW = 4003;

    /** Another host with the same key is connected and alive. */
    static final int DUPLICATE = 4004;

    /** The token that it was opened with ended, and no other came. */
    static final int EXPIRED = 4401;

    private Close() {}
}
