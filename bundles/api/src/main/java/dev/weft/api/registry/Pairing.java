package dev.weft.api.registry;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.weft.api.identity.Principal;
import dev.weft.protocol.AgentId;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** How hosts join: a code, an approval, a device token. Blocks on the database. Thread-safe. */
@ProviderType
public interface Pairing {
    /** Life of a code, in seconds. */
    int CODE_SECONDS = 300;

    /** Makes a code of six digits, good for one host.
     * @param createdBy the subject who asked
     * @return the code and its life */
    Code generateCode(String createdBy);

    /** A host presents a code, or asks again how its request stands. The code is bound to the public key that presents it
     * first; the same key may ask again, and once approved collects its device token so.
     * @param request what the host sent
     * @return how the request stands
     * @throws dev.weft.protocol.ProtocolException codes {@code bad_code}, {@code code_expired}, {@code code_used},
     *     {@code bad_signature}, {@code bad_agent_name}, {@code name_taken} */
    Answer pair(Request request);

    /** All requests, newest first, without secrets.
     * @param pendingOnly only those that wait for approval
     * @return the requests */
    List<Entry> list(boolean pendingOnly);

    /** Lets a host in.
     * @param idOrName id of the request, or the name that the host asked for
     * @return the request as it is now, or empty if none waits */
    Optional<Entry> approve(String idOrName);

    /** Turns a host away.
     * @param idOrName id of the request, or the name
     * @return the request as it is now, or empty if none waits */
    Optional<Entry> reject(String idOrName);

    /** Shuts a host out again, at once.
     * @param idOrName id of the request, the name, or the agent id
     * @return the request as it is now, or empty if none is approved */
    Optional<Entry> revoke(String idOrName);

    /** Checks a device token, in constant time.
     * @param token what the caller sent
     * @return the agent, or empty if the token is unknown or revoked */
    Optional<Principal> verifyDeviceToken(String token);

    /** Whether an agent may take part now: paired and not revoked, or this host itself. Quick: answered from memory.
     * @param id who
     * @return true if so */
    boolean isApproved(AgentId id);

    /** Whom this mesh shut out and did not let in again, so that a host which was away hears of it. Quick: answered from memory.
     * @param most of them, the latest
     * @return agent ids, the latest first */
    default List<AgentId> revoked(int most) {
        return List.of();
    }

    /** A code.
     * @param code six digits
     * @param expiresIn seconds */
    record Code(String code, @JsonProperty("expires_in") int expiresIn) {}

    /** What a host sends.
     * @param code six digits
     * @param agentName the label it wants
     * @param publicKey its Ed25519 public key, base64url
     * @param signature base64url of the signature of {@code weft-pair:CODE:NAME} with that key */
    record Request(
            String code,
            @JsonProperty("agent_name") String agentName,
            @JsonProperty("public_key") String publicKey,
            String signature) {}

    /** How a request stands.
     * @param id of the request
     * @param status {@code pending_approval|approved|rejected|revoked}
     * @param peerId the agent id assigned
     * @param deviceToken only when approved */
    record Answer(
            String id,
            String status,
            @JsonProperty("peer_id") AgentId peerId,
            @com.fasterxml.jackson.annotation.JsonInclude(
                            com.fasterxml.jackson.annotation.JsonInclude.Include.NON_NULL)
                    @JsonProperty("device_token")
                    String deviceToken) {}

    /** A request as lists show it.
     * @param id of the request
     * @param agentName the label
     * @param peerId the agent id assigned
     * @param publicKey the key presented
     * @param status {@code pending_approval|approved|rejected|revoked}
     * @param createdAt epoch seconds
     * @param updatedAt epoch seconds */
    record Entry(
            String id,
            @JsonProperty("agent_name") String agentName,
            @JsonProperty("peer_id") AgentId peerId,
            @JsonProperty("public_key") String publicKey,
            String status,
            @JsonProperty("created_at") double createdAt,
            @JsonProperty("updated_at") double updatedAt) {}
}
