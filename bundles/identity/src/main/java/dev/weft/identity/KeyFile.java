package dev.weft.identity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.AccessKeys.KeyInfo;
import dev.weft.api.identity.Role;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** The text {@code access.json} of the vault: {@code {"keys":[{id, role, label, created, sha256, …}]}}; what a key does not have is left out. */
final class KeyFile {
    private KeyFile() {}

    /** Reads the keys.
     * @param text the content
     * @param place where it is, for messages
     * @throws IllegalStateException if it is damaged; the message says where and what to do */
    static List<StoredKey> parse(String text, String place) {
        try {
            JsonNode keys = Wire.tree(text).path("keys");
            if (!keys.isArray()) {
                throw new IllegalArgumentException("it has no list \"keys\"");
            }
            List<StoredKey> entries = new ArrayList<>();
            keys.forEach(key -> entries.add(entry(key)));
            return List.copyOf(entries);
        } catch (ProtocolException | IllegalArgumentException | DateTimeException e) {
            throw new IllegalStateException(
                    place
                            + " is damaged ("
                            + e.getMessage()
                            + "); restore it from a backup, or remove it: its keys end, and a new first key is made",
                    e);
        }
    }

    private static StoredKey entry(JsonNode key) {
        byte[] hash = hash(key, "sha256");
        byte[] former = key.has("former_sha256") ? hash(key, "former_sha256") : null;
        if (key.path("id").asText().isEmpty()) {
            throw new IllegalArgumentException("a key lacks its id or its hash");
        }
        Instant grace = time(key, "grace_until");
        if ((former == null) != (grace == null)) {
            throw new IllegalArgumentException("a former secret lacks its hash or its end");
        }
        KeyInfo info =
                new KeyInfo(
                        key.path("id").asText(),
                        Role.of(key.path("role").asText()),
                        key.path("label").asText(),
                        Instant.parse(key.path("created").asText()),
                        time(key, "expires"),
                        time(key, "last_used"),
                        time(key, "rotated"),
                        grace);
        return new StoredKey(info, hash, former, key.path("generation").asInt());
    }

    private static byte[] hash(JsonNode key, String member) {
        byte[] hash = Base64.getUrlDecoder().decode(key.path(member).asText());
        if (hash.length != 32) {
            throw new IllegalArgumentException("a key lacks its id or its hash");
        }
        return hash;
    }

    private static Instant time(JsonNode key, String member) {
        return key.hasNonNull(member) ? Instant.parse(key.path(member).asText()) : null;
    }

    static String text(List<StoredKey> entries) {
        ObjectNode document = Wire.object();
        var keys = document.putArray("keys");
        for (StoredKey entry : entries) {
            KeyInfo info = entry.info();
            ObjectNode key =
                    keys.addObject()
                            .put("id", info.id())
                            .put("role", info.role().wireName())
                            .put("label", info.label())
                            .put("created", info.created().toString())
                            .put("sha256", encode(entry.hash()));
            put(key, "expires", info.expires());
            put(key, "last_used", info.lastUsed());
            put(key, "rotated", info.rotated());
            if (entry.former() != null) {
                key.put("former_sha256", encode(entry.former()));
                put(key, "grace_until", info.graceUntil());
            }
            if (entry.generation() > 0) {
                key.put("generation", entry.generation());
            }
        }
        return Wire.write((Object) document) + "\n";
    }

    private static void put(ObjectNode key, String member, Instant time) {
        if (time != null) {
            key.put(member, time.toString());
        }
    }

    private static String encode(byte[] hash) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }
}
