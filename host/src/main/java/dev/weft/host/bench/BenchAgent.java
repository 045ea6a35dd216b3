package dev.weft.host.bench;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;

/**
 * An agent of a benchmark, a member of the mesh as any host is.
 *
 * @param id of it
 * @param deviceToken what its pairing gave it
 */
record BenchAgent(String id, String deviceToken) {
    private static final Base64.Encoder TEXT = Base64.getUrlEncoder().withoutPadding();

    /** Pairs a new agent, from the code to the device token.
     * @param http with a key that may approve
     * @param name label of the agent
     * @throws IOException if it is not let in */
    static BenchAgent pair(PlainHttp http, String name)
            throws IOException, GeneralSecurityException {
        String code = ask(http, "generate-code", Wire.object()).path("code").asText();
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(keys.getPrivate());
        signature.update(("weft-pair:" + code + ":" + name).getBytes(StandardCharsets.UTF_8));
        byte[] encoded = keys.getPublic().getEncoded(); // ends with the 32 bytes of the key
        byte[] known = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        var request =
                Wire.object()
                        .put("code", code)
                        .put("agent_name", name)
                        .put("public_key", TEXT.encodeToString(known))
                        .put("signature", TEXT.encodeToString(signature.sign()));
        ask(http, "pair", request);
        ask(http, name + "/approve", Wire.object());
        JsonNode paired = ask(http, "pair", request);
        if (!paired.hasNonNull("device_token")) {
            throw new IOException("an agent of the benchmark was not let in: " + paired);
        }
        return new BenchAgent(
                paired.path("peer_id").asText(), paired.path("device_token").asText());
    }

    private static JsonNode ask(PlainHttp http, String what, JsonNode body) throws IOException {
        return Wire.tree(http.call("POST", "/api/pairing/" + what, Wire.write((Object) body)));
    }

    /** A fresh token.
     * @return good for five minutes */
    String token(int port) throws IOException {
        try (PlainHttp own = new PlainHttp(port, "X-Device-Token", deviceToken)) {
            return Wire.tree(own.call("POST", "/api/token", null)).path("token").asText();
        }
    }

    /** Connects as this agent. */
    PlainHttp connect(int port) throws IOException {
        return new PlainHttp(port, "Authorization", "Bearer " + token(port));
    }
}
