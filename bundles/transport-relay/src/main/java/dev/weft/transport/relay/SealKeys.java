package dev.weft.transport.relay;

import dev.weft.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** One side's X25519 key pair, for one seal only, and what both sides derive from it. Once it is forgotten, nobody can read what was sealed with it. */
final class SealKeys {
    private static final String CURVE = "X25519";
    private static final String HMAC = "HmacSHA256";
    private final KeyPair pair;
    private final String publicKey;

    /** Makes a pair. */
    SealKeys() {
        try {
            pair = KeyPairGenerator.getInstance(CURVE).generateKeyPair();
            publicKey =
                    Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + CURVE, e);
        }
    }

    /** The public half.
     * @return base64url of its X.509 form */
    String publicKey() {
        return publicKey;
    }

    /** Agrees with the other side: HKDF (RFC 5869) over the shared secret.
     * @param other the other side's {@link #publicKey}
     * @param transcript all that both sides signed: other words, other keys
     * @return 32 bytes to derive from
     * @throws ProtocolException if it is no public key of this curve */
    byte[] agree(String other, String transcript) {
        try {
            PublicKey theirs =
                    KeyFactory.getInstance(CURVE)
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getUrlDecoder().decode(other)));
            KeyAgreement agreement = KeyAgreement.getInstance(CURVE);
            agreement.init(pair.getPrivate());
            agreement.doPhase(theirs, true);
            byte[] salt =
                    MessageDigest.getInstance("SHA-256")
                            .digest(transcript.getBytes(StandardCharsets.UTF_8));
            return hmac(salt, agreement.generateSecret());
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ProtocolException("bad_seal", "not an X25519 key: " + e.getMessage());
        }
    }

    /** The key of one direction: the one block that HKDF-Expand needs for 256 bits.
     * @param agreed see {@link #agree}
     * @param info which direction */
    static SecretKeySpec expand(byte[] agreed, String info) {
        byte[] text = info.getBytes(StandardCharsets.UTF_8);
        byte[] block = Arrays.copyOf(text, text.length + 1);
        block[text.length] = 1;
        return new SecretKeySpec(hmac(agreed, block), "AES");
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has " + HMAC, e);
        }
    }
}
