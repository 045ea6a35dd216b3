package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.MALFORMED;
import static dev.weft.skill.repository.CatalogException.Code.UNSIGNED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostKey;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;

/**
 * A document {@code {"signed": {…}, "signatures": [{"key", "signature"}]}}. What is signed is the canonical form of
 * {@code signed}: keys in order, no spaces, whole numbers only, no control characters. Immutable.
 */
public final class Signed {
    private static final int MAX_SIGNATURES = 16;
    private static final ObjectMapper CANONICAL =
            JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    private final JsonNode body;
    private final JsonNode signatures;

    private Signed(JsonNode body, JsonNode signatures) {
        this.body = body;
        this.signatures = signatures;
    }

    /** Reads a document; nothing of it is believed yet.
     * @param name what it is, for the error
     * @param json its bytes
     * @return the document
     * @throws CatalogException if it is none */
    public static Signed read(String name, byte[] json) throws CatalogException {
        try {
            JsonNode tree = Wire.tree(new String(json, StandardCharsets.UTF_8));
            JsonNode signatures = tree.path("signatures");
            if (!tree.path("signed").isObject()
                    || !signatures.isArray()
                    || signatures.size() > MAX_SIGNATURES) {
                throw new CatalogException(
                        MALFORMED, name + " is no signed document of at most 16 signatures");
            }
            return new Signed(tree.get("signed"), signatures);
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new CatalogException(MALFORMED, name + " is broken: " + e.getMessage());
        }
    }

    /** Signs.
     * @param body what to sign; a record or tree
     * @param keys who signs
     * @return the bytes of the document */
    public static byte[] write(Object body, HostKey... keys) {
        Signed unsigned = new Signed(Wire.node(body), Wire.object().putArray("signatures"));
        // in canonical order, so that equal content is equal bytes
        return new Signed(Wire.tree(unsigned.text()), unsigned.signatures).with(keys);
    }

    /** Adds signatures.
     * @param keys who signs too; those that did already are left as they are
     * @return the bytes of the document */
    public byte[] with(HostKey... keys) {
        ObjectNode document = Wire.object();
        document.set("signed", body);
        ArrayNode list = document.putArray("signatures");
        Set<String> there = new HashSet<>();
        for (JsonNode signature : signatures) {
            list.add(signature);
            there.add(signature.path("key").asText());
        }
        for (HostKey key : keys) {
            if (there.add(key.publicKey())) {
                list.add(signature(key, bytes()));
            }
        }
        return Wire.write(document).getBytes(StandardCharsets.UTF_8);
    }

    /** What is signed, as text: the same for two documents that say the same.
     * @return canonical JSON */
    public String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    private byte[] bytes() {
        try {
            return canonical(body);
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static ObjectNode signature(HostKey key, byte[] canonical) {
        return Wire.object()
                .put("key", key.publicKey())
                .put(
                        "signature",
                        Base64.getUrlEncoder()
                                .withoutPadding()
                                .encodeToString(key.sign(canonical)));
    }

    /** Checks the signatures and gives what is signed.
     * @param <T> what it holds
     * @param name what it is, for the error
     * @param role whose signatures count
     * @param type what it holds; its field {@code type} must say {@code kind}
     * @param kind keeps a document of one kind from being shown as another
     * @return the content
     * @throws CatalogException if too few keys signed it, or it is something else */
    public <T> T open(String name, Role role, String kind, Class<T> type) throws CatalogException {
        byte[] canonical = canonical(body);
        Set<String> good = new HashSet<>();
        for (JsonNode signature : signatures) {
            String key = signature.path("key").asText();
            if (role.keys().contains(key)
                    && !good.contains(key)
                    && HostKey.verify(key, canonical, bytes(signature))) {
                good.add(key);
            }
        }
        if (good.size() < role.threshold()) {
            throw new CatalogException(
                    UNSIGNED,
                    name
                            + " has "
                            + good.size()
                            + " good signatures of the keys that count, and needs "
                            + role.threshold()
                            + "; do not use this repository until its owner explains");
        }
        return unverified(name, kind, type);
    }

    /** Gives the content without a look at signatures: only for a root that was not trusted yet, and to find out who should have signed.
     * @param <T> what it holds
     * @param name for the error
     * @param kind as in {@link #open}
     * @param type as in {@link #open}
     * @return the content
     * @throws CatalogException if it is something else */
    <T> T unverified(String name, String kind, Class<T> type) throws CatalogException {
        if (!kind.equals(body.path("type").asText())) {
            throw new CatalogException(
                    MALFORMED,
                    name + " is a " + Wire.quote(body.path("type").asText()) + ", not a " + kind);
        }
        try {
            return Wire.as(body, type);
        } catch (ProtocolException | IllegalArgumentException e) {
            throw new CatalogException(MALFORMED, name + " is broken: " + e.getMessage());
        }
    }

    private static byte[] bytes(JsonNode signature) {
        try {
            return Base64.getUrlDecoder().decode(signature.path("signature").asText());
        } catch (IllegalArgumentException e) {
            return new byte[0]; // fits nothing
        }
    }

    static byte[] canonical(JsonNode node) throws CatalogException {
        plain(node);
        try {
            return CANONICAL.writeValueAsBytes(CANONICAL.treeToValue(node, Object.class));
        } catch (IOException e) {
            throw new CatalogException(MALFORMED, "cannot be signed: " + e.getMessage());
        }
    }

    private static void plain(JsonNode node) throws CatalogException {
        if (node.isNumber() && !node.canConvertToLong() || node.isFloatingPointNumber()) {
            throw new CatalogException(
                    MALFORMED, "a signed document has whole numbers only, not " + node);
        }
        if (node.isTextual() && node.asText().chars().anyMatch(c -> c < ' ')) {
            throw new CatalogException(
                    MALFORMED, "a signed document has no control characters in its texts");
        }
        for (JsonNode child : node) {
            plain(child);
        }
    }
}
