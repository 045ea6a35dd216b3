package dev.weft.signaling;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.websocket.core.exception.BadPayloadException;
import org.eclipse.jetty.websocket.core.exception.MessageTooLargeException;

/** The frames of one message after the other. Used by one thread at a time. */
final class Fragments {
    private static final byte[] NOTHING = {};
    private static final char REPLACEMENT = '\uFFFD';
    private final int most;
    private ByteArrayOutputStream begun;

    /** @param most bytes of a message */
    Fragments(int most) {
        this.most = most;
    }

    /** Takes the payload of a frame.
     * @param payload may be null; is read, and not kept
     * @param last whether the message ends with it
     * @return the whole message, or null if there is more to come
     * @throws MessageTooLargeException if the message is too long */
    byte[] add(ByteBuffer payload, boolean last) {
        int size = payload == null ? 0 : payload.remaining();
        if (size + (begun == null ? 0 : begun.size()) > most) {
            throw new MessageTooLargeException("a message may have " + most + " bytes");
        }
        byte[] bytes = size == 0 ? NOTHING : new byte[size];
        if (size > 0) {
            payload.get(bytes);
        }
        if (begun == null && last) {
            return bytes;
        }
        if (begun == null) {
            begun = new ByteArrayOutputStream();
        }
        begun.write(bytes, 0, size);
        if (!last) {
            return null;
        }
        byte[] whole = begun.toByteArray();
        begun = null;
        return whole;
    }

    /** Reads UTF-8. What is none is refused: passed on, it would cost the receiver its socket.
     * @throws BadPayloadException if it is none */
    static String text(byte[] message) {
        String text = new String(message, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) { // it was sent, or stands for what is no UTF-8
            try {
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message));
            } catch (CharacterCodingException e) {
                throw new BadPayloadException("a text frame must be UTF-8", e);
            }
        }
        return text;
    }
}
