package dev.weft.signaling;

import java.util.function.Consumer;

/** An open WebSocket as the hub sees it. Nothing here blocks. */
interface Link {
    /** Sends one text frame; called one frame at a time.
     * @param text the frame
     * @param done told once, with null or with what went wrong; possibly before this returns */
    void send(String text, Consumer<Throwable> done);

    /** Sends a ping. */
    void ping();

    /** Closes the socket; cuts it if the other side does not answer soon.
     * @param code WebSocket status code
     * @param reason a few words */
    void close(int code, String reason);
}
