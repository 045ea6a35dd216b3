package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * The {@code identity} of an offer or answer: an Ed25519 signature over the DTLS certificate's fingerprint and both addresses, so that who carries
 * the SDP cannot put a certificate of its own in.
 */
final class SignedSdp {
    private static final String LINE = "a=fingerprint:";
    private static final String DIGEST = "sha-256 ";

    private SignedSdp() {}

    /** Signs.
     * @param self who sends
     * @param to who receives
     * @param sdp with a fingerprint
     * @return {@code {public_key, signature}} */
    static ObjectNode sign(HostIdentity self, AgentId to, String sdp) {
        byte[] signature = self.sign(message(self.agentId(), to, fingerprint(sdp).orElseThrow()));
        return Wire.object()
                .put("public_key", self.publicKey())
                .put(
                        "signature",
                        Base64.getUrlEncoder().withoutPadding().encodeToString(signature));
    }

    /** Checks.
     * @param known the sender's public key as the directory has it; "" if unknown
     * @param from who sent
     * @param to who receives
     * @param sdp what was sent
     * @param identity what came with it
     * @return what is wrong; empty if all is well, or if nothing is known of the sender */
    static Optional<String> check(
            String known, AgentId from, AgentId to, String sdp, JsonNode identity) {
        if (known.isEmpty()) {
            return Optional.empty();
        }
        if (!identity.isObject()) {
            return Optional.of("it is not signed, though the key of " + from + " is known");
        }
        Optional<String> fingerprint = fingerprint(sdp);
        if (fingerprint.isEmpty()) {
            return Optional.of("it does not have exactly one sha-256 fingerprint");
        }
        if (!known.equals(identity.path("public_key").asText())) {
            return Optional.of("it is signed with another key than " + from + " has");
        }
        byte[] signature;
        try {
            signature = Base64.getUrlDecoder().decode(identity.path("signature").asText());
        } catch (IllegalArgumentException e) {
            return Optional.of("its signature is not base64url");
        }
        return HostKey.verify(known, message(from, to, fingerprint.get()), signature)
                ? Optional.empty()
                : Optional.of("its signature does not fit its fingerprint");
    }

    /** The one fingerprint. A second, different one (say, of another section) would let in a certificate that nobody signed. */
    static Optional<String> fingerprint(String sdp) {
        List<String> values =
                sdp.lines()
                        .map(String::strip)
                        .filter(line -> line.regionMatches(true, 0, LINE, 0, LINE.length()))
                        .map(line -> line.substring(LINE.length()))
                        .distinct()
                        .toList();
        return values.size() == 1 && values.get(0).startsWith(DIGEST)
                ? Optional.of(values.get(0).substring(DIGEST.length()).strip())
                : Optional.empty();
    }

    private static byte[] message(AgentId from, AgentId to, String fingerprint) {
        return ("weft-dtls:" + from + ':' + to + ':' + fingerprint)
                .getBytes(StandardCharsets.UTF_8);
    }
}
