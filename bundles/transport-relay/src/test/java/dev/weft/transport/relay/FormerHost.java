package dev.weft.transport.relay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.Wire;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.KeyAgreement;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** A host of the version before prekeys, by its bytes: it has the key and the address of one side and talks to the other. */
final class FormerHost {
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();
    final List<String> opened = new ArrayList<>();
    private final Side self;
    private final Side peer;
    private final KeyPair pair;
    private final String key;
    private String id = "";
    private String offerText;
    private byte[] agreed;
    private long sent;

    FormerHost(Side self) throws GeneralSecurityException {
        this.self = self;
        this.peer = self.other;
        pair = KeyPairGenerator.getInstance("X25519").generateKeyPair();
        key = TEXT.encodeToString(pair.getPublic().getEncoded());
    }

    /** Asks for a seal. */
    void offer() {
        id = "0ffe7";
        offerText = "weft-seal-offer:" + self.id + ":" + peer.id + ":" + id + ":" + key;
        send("offer", signed(offerText));
    }

    /** Reads what the registry brings: as that version did, what is sealed first. */
    void arrives(JsonNode payload) throws GeneralSecurityException {
        JsonNode sealed = payload.path("sealed");
        JsonNode seal = payload.path("seal");
        if (sealed.isObject()) {
            if (id.equals(sealed.path("id").asText())) {
                opened.add(open(sealed));
            } else {
                JsonNode unknown = Wire.object().put("unknown", sealed.path("id").asText(""));
                peer.arrives(Wire.object().set("seal", unknown));
            }
        } else if (seal.has("offer")) {
            JsonNode offer = seal.get("offer");
            id = offer.get("id").asText();
            String theirs = offer.get("key").asText();
            offerText = "weft-seal-offer:" + peer.id + ":" + self.id + ":" + id + ":" + theirs;
            check(offerText, offer);
            String answer = answerText(self, peer, key, theirs);
            agree(theirs, answer);
            send("answer", signed(answer));
        } else if (seal.has("answer")) {
            JsonNode answer = seal.get("answer");
            String theirs = answer.get("key").asText();
            String text = answerText(peer, self, theirs, key);
            check(text, answer);
            agree(theirs, text);
        }
    }

    private String answerText(Side from, Side to, String its, String offered) {
        return "weft-seal-answer:" + from.id + ":" + to.id + ":" + id + ":" + its + ":" + offered;
    }

    private ObjectNode signed(String text) {
        byte[] signature = self.sign(text.getBytes(StandardCharsets.UTF_8));
        return Wire.object()
                .put("id", id)
                .put("key", key)
                .put("signature", TEXT.encodeToString(signature));
    }

    private void check(String text, JsonNode from) {
        byte[] signature = Base64.getUrlDecoder().decode(from.get("signature").asText());
        if (!HostKey.verify(peer.publicKey(), text.getBytes(StandardCharsets.UTF_8), signature)) {
            throw new AssertionError("not signed: " + text);
        }
    }

    private void send(String kind, JsonNode content) {
        ObjectNode frame = Wire.object();
        frame.putObject("seal").set(kind, content);
        peer.arrives(frame);
    }

    private void agree(String theirs, String answerText) throws GeneralSecurityException {
        KeyAgreement agreement = KeyAgreement.getInstance("X25519");
        agreement.init(pair.getPrivate());
        byte[] encoded = Base64.getUrlDecoder().decode(theirs);
        agreement.doPhase(
                KeyFactory.getInstance("X25519").generatePublic(new X509EncodedKeySpec(encoded)),
                true);
        byte[] transcript = (offerText + "\n" + answerText).getBytes(StandardCharsets.UTF_8);
        agreed =
                hmac(
                        MessageDigest.getInstance("SHA-256").digest(transcript),
                        agreement.generateSecret());
    }

    /** Sends a frame. */
    void say(String text) throws GeneralSecurityException {
        byte[] bytes = crypt(Cipher.ENCRYPT_MODE, self, peer, ++sent, text.getBytes());
        ObjectNode sealed =
                Wire.object()
                        .put("id", id)
                        .put("n", sent)
                        .put("text", Base64.getEncoder().withoutPadding().encodeToString(bytes));
        peer.arrives(Wire.object().set("sealed", sealed));
    }

    private String open(JsonNode sealed) throws GeneralSecurityException {
        byte[] bytes = Base64.getDecoder().decode(sealed.get("text").asText());
        return new String(
                crypt(Cipher.DECRYPT_MODE, peer, self, sealed.get("n").asLong(), bytes),
                StandardCharsets.UTF_8);
    }

    private byte[] crypt(int mode, Side from, Side to, long n, byte[] text)
            throws GeneralSecurityException {
        ByteArrayOutputStream info = new ByteArrayOutputStream();
        info.writeBytes(("weft-seal:" + from.id + ":" + to.id).getBytes(StandardCharsets.UTF_8));
        info.write(1);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(hmac(agreed, info.toByteArray()), "AES"),
                new GCMParameterSpec(128, ByteBuffer.allocate(12).putInt(0).putLong(n).array()));
        return cipher.doFinal(text);
    }

    private static byte[] hmac(byte[] key, byte[] text) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text);
    }
}
