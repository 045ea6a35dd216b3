package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;

/**
 * One message between agents. Missing strings are {@code ""}, a missing payload is {@link NullNode}.
 *
 * @param type one of the constants here, or a type this version does not know (to be ignored and counted)
 * @param requestId ties answers to a request, at most 128 characters; "" where nothing is answered
 * @param sourceAgent who sends; on a direct link it must be the link's peer
 * @param targetAgent who is meant; {@link #EVERYONE} for a broadcast
 * @param payload what the type says; never null
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record MeshMessage(
        String type,
        @JsonProperty("request_id") String requestId,
        @JsonProperty("source_agent") String sourceAgent,
        @JsonProperty("target_agent") String targetAgent,
        JsonNode payload) {
    /** Target of a broadcast. */
    public static final String EVERYONE = "*";

    /** Round-trip probe. */
    public static final String PING = "ping";

    /** Answer to {@link #PING}. */
    public static final String PONG = "pong";

    /** Work for the peer: {@code {message, skill, args, timeout_ms, task_id, idempotency_key, stream, traceparent}}. */
    public static final String TASK_REQUEST = "task_request";

    /** Exactly one per request: {@code {result}} or {@code {error, code}}. */
    public static final String TASK_RESPONSE = "task_response";

    /** Partial output: {@code {text, done, seq}}. */
    public static final String TASK_STREAM_CHUNK = "task_stream_chunk";

    /** Weft: stop the task of this request id. */
    public static final String TASK_CANCEL = "task_cancel";

    /** Weft: {@code {fraction, note}}. */
    public static final String TASK_PROGRESS = "task_progress";

    /** Weft: a person is asked: {@code {state, text, schema, arguments}}. */
    public static final String TASK_INPUT_REQUIRED = "task_input_required";

    /** Weft: the caller's answer to it: {@code {task_id, answer}}. */
    public static final String TASK_INPUT = "task_input";

    /** Asks whether a skill is here: {@code {skill}}. */
    public static final String SKILL_QUERY = "skill_query";

    /** {@code {available, description}}. */
    public static final String SKILL_RESPONSE = "skill_response";

    /** Card or status of the sender. */
    public static final String AGENT_STATUS = "agent_status";

    /** A prompt for the peer's agent: {@code {message, direct?|broadcast?}}. */
    public static final String AGENT_PROMPT = "agent_prompt";

    /** Weft: the prompt with the same request id is given up; it gets no answer. */
    public static final String AGENT_CANCEL = "agent_cancel";

    /** {@code {text}}. */
    public static final String AGENT_RESPONSE = "agent_response";

    /** {@code {text, done}}. */
    public static final String AGENT_STREAM_CHUNK = "agent_stream_chunk";

    /** Weft: asks a host what it knows of a trace. */
    public static final String TRACE_QUERY = "trace_query";

    /** Weft: what it knows, see {@link #TRACE_QUERY}. */
    public static final String TRACE_RESPONSE = "trace_response";

    /** Weft: a binary frame, in base64, on a link that carries text only. */
    public static final String FRAME = "frame";

    /** Weft: first message on a link: {@code {versions, features, card, identity}}. */
    public static final String HELLO = "hello";

    /** Weft: the sender has no use or no room for this link and closes it: {@code {reason}}. */
    public static final String BYE = "bye";

    /** Fills absent members.
     * @throws ProtocolException if the type is missing or a string is too long */
    public MeshMessage {
        if (type == null || type.isEmpty() || type.length() > 64) {
            throw new ProtocolException(
                    "bad_type", "a mesh message needs a type of 1 to 64 characters");
        }
        requestId = bounded("request_id", requestId);
        sourceAgent = bounded("source_agent", sourceAgent);
        targetAgent = bounded("target_agent", targetAgent);
        payload = payload == null ? NullNode.getInstance() : payload;
    }

    private static String bounded(String member, String value) {
        if (value != null && value.length() > 128) {
            throw new ProtocolException("bad_" + member, member + " is longer than 128 characters");
        }
        return value == null ? "" : value;
    }

    /** Makes the answer to this message: same request id, source and target exchanged.
     * @param answerType type of the answer
     * @param answer its payload
     * @return a new message */
    public MeshMessage respond(String answerType, JsonNode answer) {
        return new MeshMessage(answerType, requestId, targetAgent, sourceAgent, answer);
    }
}
