package dev.weft.api.mesh;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/** Messages to peers over the best path there is. Thread-safe; nothing here blocks. */
@ProviderType
public interface Mesh {
    /** Sends a request and waits for its answer: the first message with the same request id, from the same peer, whose type is
     * final ({@code *_response}, {@code pong}). The request id is filled in.
     * @param target who
     * @param type of the request
     * @param payload of the request
     * @param timeout how long to wait
     * @param interim hears chunks and progress, in order; may be null
     * @return the answer; fails with {@link MeshException}. Cancelling it forgets the request; the peer of an
     *     {@code agent_prompt} is told with {@code agent_cancel}, others are not. */
    CompletableFuture<MeshMessage> request(
            AgentId target,
            String type,
            com.fasterxml.jackson.databind.JsonNode payload,
            Duration timeout,
            Consumer<MeshMessage> interim);

    /** Sends a message that has no answer.
     * @param target who
     * @param type of the message
     * @param requestId of the request it belongs to, or ""
     * @param payload what
     * @return done when it left; fails with {@link MeshException} */
    CompletableFuture<Void> send(
            AgentId target,
            String type,
            String requestId,
            com.fasterxml.jackson.databind.JsonNode payload);

    /** Sends a message without an answer to all peers to which a link is up; its target is {@code *}. One slow or lost peer holds up no other.
     * @param type of the message
     * @param payload what
     * @return what became of it at each peer: done when it left, fails with {@link MeshException} */
    default Map<AgentId, CompletableFuture<Void>> broadcast(
            String type, com.fasterxml.jackson.databind.JsonNode payload) {
        Map<AgentId, CompletableFuture<Void>> left = new LinkedHashMap<>();
        peers().forEach(peer -> left.put(peer.id(), send(peer.id(), type, "", payload)));
        return left;
    }

    /** Peers to which a link is up.
     * @return ordered by name */
    List<Peer> peers();

    /** One peer.
     * @param id who
     * @return empty if no link is up */
    Optional<Peer> peer(AgentId id);
}
