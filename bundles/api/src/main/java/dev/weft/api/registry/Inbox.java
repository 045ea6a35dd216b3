package dev.weft.api.registry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** Tasks that wait at the registry for agents that are away or speak only the reference's protocol. Durable. Thread-safe. */
@ProviderType
public interface Inbox {
    /** Stores a task.
     * @param submission what and for whom
     * @return the stored task
     * @throws dev.weft.protocol.ProtocolException if it has neither skill nor target, or a ttl outside 1 s … 7 d */
    Entry submit(Submission submission);

    /** One task.
     * @param id its id
     * @return empty if unknown */
    Optional<Entry> find(String id);

    /** Tasks, newest first.
     * @param limit at most so many
     * @return the tasks */
    List<Entry> list(int limit);

    /** Hands an agent the tasks that wait for it: those aimed at it, and untargeted ones for its skills. They are assigned.
     * @param agent who
     * @param skills ids of its skills
     * @return oldest first */
    List<Entry> take(AgentId agent, Collection<String> skills);

    /** The assigned agent reports. Only legal changes; a final task does not change.
     * @param id the task
     * @param by who reports
     * @param state {@code assigned|completed|failed} of the reference
     * @param result text, "" if none
     * @param error text, "" if none
     * @return the task as it is now; empty if unknown
     * @throws dev.weft.protocol.ProtocolException codes {@code not_yours}, {@code illegal_state}, {@code bad_state} */
    Optional<Entry> update(String id, AgentId by, String state, String result, String error);

    /** What is submitted.
     * @param skill skill id, "" if any
     * @param target agent id, or the name of an agent that the registry knows; "" if any
     * @param source who asks
     * @param payload input
     * @param ttl seconds, 1 to 604800
     * @param traceparent W3C trace context that the task goes on with, "" if none; anything else is dropped
     * @param requestId of the request that submitted it, up to 64 characters {@code [A-Za-z0-9._-]}, "" if none; anything else is
     *     dropped */
    record Submission(
            String skill,
            String target,
            String source,
            JsonNode payload,
            long ttl,
            String traceparent,
            String requestId) {
        /** A submission without a trace.
         * @param skill skill id, "" if any
         * @param target agent id, "" if any
         * @param source who asks
         * @param payload input
         * @param ttl seconds, 1 to 604800 */
        public Submission(String skill, String target, String source, JsonNode payload, long ttl) {
            this(skill, target, source, payload, ttl, "", "");
        }
    }

    /** A task in the reference's shape.
     * @param id 12 characters
     * @param skill skill id or ""
     * @param target agent id or ""
     * @param source who asked
     * @param assigned who works on it, or ""
     * @param payload input
     * @param state {@code pending|assigned|completed|failed}
     * @param result text or ""
     * @param error text or ""
     * @param createdAt epoch seconds
     * @param updatedAt epoch seconds
     * @param ttl seconds
     * @param traceparent W3C trace context that it was submitted with, "" if none
     * @param requestId of the request that submitted it, "" if none */
    record Entry(
            String id,
            String skill,
            @JsonProperty("target_agent_id") String target,
            @JsonProperty("source_agent_id") String source,
            @JsonProperty("assigned_agent_id") String assigned,
            JsonNode payload,
            String state,
            String result,
            String error,
            @JsonProperty("created_at") double createdAt,
            @JsonProperty("updated_at") double updatedAt,
            long ttl,
            @JsonInclude(JsonInclude.Include.NON_EMPTY) String traceparent,
            @JsonProperty("request_id") @JsonInclude(JsonInclude.Include.NON_EMPTY)
                    String requestId) {
        /** What an older registry does not send is "". */
        public Entry {
            traceparent = traceparent == null ? "" : traceparent;
            requestId = requestId == null ? "" : requestId;
        }
    }
}
