package dev.weft.transport.relay;

import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Ed25519 signatures as text. */
final class Signatures {
    private Signatures() {}

    /** Signs with the host's key.
     * @return base64url */
    static String sign(HostIdentity self, String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(self.sign(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Checks.
     * @param peerKey the signer's host key, as the directory has it
     * @throws ProtocolException if the peer did not sign the text */
    static void check(AgentId peer, String peerKey, String text, String signature) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(signature);
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("bad_seal", "its signature is not base64url");
        }
        if (!HostKey.verify(peerKey, text.getBytes(StandardCharsets.UTF_8), bytes)) {
            throw new ProtocolException("bad_seal", "it is not signed with the key of " + peer);
        }
    }
}
