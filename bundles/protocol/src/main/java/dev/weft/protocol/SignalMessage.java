package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;

/**
 * One text frame of the signaling WebSocket.
 *
 * @param type one of the constants here, or a type this version does not know (to be ignored)
 * @param peerId the sender; {@link #REGISTRY} for the registry
 * @param targetId the addressee; null where the type has none
 * @param payload what the type says; never null ({@link NullNode} if absent)
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SignalMessage(
        String type,
        @JsonProperty("peer_id") String peerId,
        @JsonProperty("target_id") @JsonInclude(JsonInclude.Include.NON_NULL) String targetId,
        JsonNode payload) {
    /** The peer id that the registry signs with. */
    public static final String REGISTRY = "registry";

    /** A peer is here. */
    public static final String REGISTER = "register";

    /** Who else is here, to the newcomer. */
    public static final String PEER_LIST = "peer_list";

    /** SDP offer. */
    public static final String OFFER = "offer";

    /** SDP answer. */
    public static final String ANSWER = "answer";

    /** One trickled ICE candidate. */
    public static final String ICE_CANDIDATE = "ice_candidate";

    /** Keeps the socket alive. */
    public static final String HEARTBEAT = "heartbeat";

    /** Pushed: an agent came, or its card changed; payload is its directory record. */
    public static final String PEER_JOINED = "peer_joined";

    /** Pushed: an agent left; payload {@code {peer_id, reason}}. */
    public static final String PEER_LEFT = "peer_left";

    /** Pushed: many agents came, changed or left in a short time; payload {@code {joined: [record…], left: [{peer_id, reason}…]}}, in that order. */
    public static final String PEERS_CHANGED = "peers_changed";

    /** From a peer: a fresh token for this socket, payload {@code {token}}; answered with the same type and {@code {expires_in}} in seconds. */
    public static final String RENEW = "renew";

    /** Pushed to the sender of a message that could not be delivered; payload {@code {code, message, ref}}. */
    public static final String ERROR = "error";

    /** A mesh frame carried by the registry; payload {@code {message}}. */
    public static final String RELAY = "relay";

    /** Pushed: work waits in the inbox; payload {@code {tasks:[id…]}}. */
    public static final String TASKS_WAITING = "tasks_waiting";

    /** Pushed: what was said against releases (yank, revoke) in the registry's repository of skills; payload {@code {statements: [document…]}}, each signed. */
    public static final String STATEMENTS = "statements";

    /** Fills an absent payload.
     * @throws ProtocolException if there is no type */
    public SignalMessage {
        checkType(type);
        peerId = peerId == null ? "" : peerId;
        payload = payload == null ? NullNode.getInstance() : payload;
    }

    static void checkType(String type) {
        if (type == null || type.isEmpty() || type.length() > 64) {
            throw new ProtocolException(
                    "bad_type", "a signaling frame needs a type of 1 to 64 characters");
        }
    }
}
