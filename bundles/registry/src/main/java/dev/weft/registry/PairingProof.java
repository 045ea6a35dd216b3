package dev.weft.registry;

import dev.weft.api.identity.HostKey;
import dev.weft.api.registry.Pairing.Request;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a host holds the key that it presents. */
final class PairingProof {
    private static final Logger LOG = LoggerFactory.getLogger(PairingProof.class);

    private PairingProof() {}

    /** Checks what needs no secret, before anything counts as a guess.
     * @return the public key in its one canonical form */
    static String keyOf(Request request) {
        if (!AgentId.isValid(request.agentName())) {
            throw new ProtocolException(
                    "bad_agent_name",
                    "agent name must be 1 to 64 characters [a-z0-9][a-z0-9._-]*, got "
                            + Wire.quote(request.agentName()));
        }
        if (request.code() == null || !request.code().matches("[0-9]{6}")) {
            throw new ProtocolException("bad_code", "a pairing code has six digits");
        }
        try {
            byte[] raw =
                    Base64.getUrlDecoder()
                            .decode(request.publicKey() == null ? "" : request.publicKey());
            String key = Base64.getUrlEncoder().withoutPadding().encodeToString(raw);
            byte[] message =
                    ("weft-pair:" + request.code() + ":" + request.agentName())
                            .getBytes(StandardCharsets.UTF_8);
            byte[] signature =
                    Base64.getUrlDecoder()
                            .decode(request.signature() == null ? "" : request.signature());
            if (HostKey.verify(key, message, signature)) {
                return key;
            }
        } catch (IllegalArgumentException e) {
            LOG.debug("public key or signature is not base64url");
        }
        throw new ProtocolException(
                "bad_signature",
                "public_key must be an Ed25519 key and signature its signature of weft-pair:CODE:NAME, both base64url");
    }
}
