package dev.weft.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a heartbeat changes in a card: only what it names. */
final class CardChanges {
    /** A card travels in a signaling frame, with room to spare. */
    static final int MAX_CARD = 192 << 10;

    private static final List<String> MEMBERS =
            List.of(
                    "hostname",
                    "ip",
                    "port",
                    "sidecar_peer_id",
                    "status",
                    "mode",
                    "name",
                    "skills",
                    "labels",
                    "version",
                    "platform",
                    "public_key",
                    "load");
    private static final List<String> CAPABILITIES = List.of("mcp_servers", "goals_count");

    private CardChanges() {}

    /** Applies changes.
     * @param id whose card; what the changes say of it is ignored
     * @param card the card now, null if there is none
     * @param changes an object; null or absent members change nothing
     * @return the card itself if nothing changed
     * @throws ProtocolException if the changes do not fit a card */
    static AgentCard apply(AgentId id, AgentCard card, JsonNode changes) {
        boolean none =
                changes == null
                        || changes.isNull()
                        || changes.isMissingNode()
                        || changes.isObject() && changes.isEmpty();
        if (!none && !changes.isObject()) {
            throw new ProtocolException("bad_heartbeat", "a heartbeat must be a JSON object");
        }
        if (none && card != null) {
            return card;
        }
        ObjectNode merged =
                card == null
                        ? Wire.object().put("agent_id", id.value())
                        : (ObjectNode) Wire.node(card);
        if (!none) {
            merge(merged, changes);
        }
        AgentCard next = Wire.as(merged, AgentCard.class);
        return next.equals(card) ? card : next;
    }

    private static void merge(ObjectNode card, JsonNode changes) {
        copy(MEMBERS, changes, card);
        ObjectNode capabilities =
                card.get("capabilities") instanceof ObjectNode known
                        ? known
                        : card.putObject("capabilities");
        if (changes.get("capabilities") instanceof ObjectNode named) {
            capabilities.setAll(named);
        }
        copy(CAPABILITIES, changes, capabilities);
        if (changes.hasNonNull("mode")) {
            capabilities.set("mode", changes.get("mode"));
        }
        if (changes.hasNonNull("skill_names")) {
            capabilities.set("skills", changes.get("skill_names"));
        } else if (changes.get("skills") instanceof ArrayNode skills
                && !changes.has("capabilities")) {
            ArrayNode ids = capabilities.putArray("skills");
            skills.forEach(skill -> ids.add(skill.path("id").asText()));
        }
    }

    private static void copy(List<String> members, JsonNode from, ObjectNode to) {
        for (String member : members) {
            if (from.hasNonNull(member)) {
                to.set(member, from.get(member));
            }
        }
    }

    /** Refuses a card that could not be passed on.
     * @param card a card
     * @throws ProtocolException if it is too large */
    static void checkSize(AgentCard card) {
        int size = Wire.write((Object) card).getBytes(StandardCharsets.UTF_8).length;
        if (size > MAX_CARD) {
            throw new ProtocolException(
                    "card_too_large",
                    "an agent card may have " + MAX_CARD + " bytes, this one has " + size);
        }
    }
}
