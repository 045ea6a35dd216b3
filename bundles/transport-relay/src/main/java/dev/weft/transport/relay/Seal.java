package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * What two hosts agreed on to keep the registry from reading: AES-256-GCM, one key for each direction, a counter as nonce. A frame opens once, and none
 * after a later one. Thread-safe.
 */
final class Seal {
    private static final int TAG_BITS = 128;
    private final String id;
    private final SecretKeySpec sending;
    private final SecretKeySpec receiving;
    private long sent;
    private long received;

    /** Derives the keys.
     * @param id names this seal on the wire
     * @param agreed what the key exchange gave */
    Seal(String id, byte[] agreed, AgentId self, AgentId peer) {
        this.id = id;
        sending = SealKeys.expand(agreed, "weft-seal:" + self + ':' + peer);
        receiving = SealKeys.expand(agreed, "weft-seal:" + peer + ':' + self);
    }

    String id() {
        return id;
    }

    /** Seals a frame.
     * @return {@code {id, n, text}} */
    synchronized ObjectNode seal(String frame) {
        long number = ++sent;
        byte[] sealed =
                crypt(Cipher.ENCRYPT_MODE, sending, number, frame.getBytes(StandardCharsets.UTF_8));
        return Wire.object()
                .put("id", id)
                .put("n", number)
                .put("text", Base64.getEncoder().withoutPadding().encodeToString(sealed));
    }

    /** Opens a frame.
     * @throws ProtocolException if it was changed, made up, or seen before */
    synchronized String open(JsonNode sealed) {
        long number = sealed.path("n").asLong(0);
        if (number <= received) {
            throw new ProtocolException("bad_seal", "frame " + number + " comes again or too late");
        }
        byte[] text;
        try {
            text = Base64.getDecoder().decode(sealed.path("text").asText(""));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("bad_seal", "frame " + number + " is not base64");
        }
        byte[] frame = crypt(Cipher.DECRYPT_MODE, receiving, number, text);
        received = number;
        return new String(frame, StandardCharsets.UTF_8);
    }

    private static byte[] crypt(int mode, SecretKeySpec key, long number, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            byte[] nonce = ByteBuffer.allocate(12).putInt(0).putLong(number).array();
            cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new ProtocolException(
                    "bad_seal", "frame " + number + " was changed on its way, or made up");
        }
    }
}
