package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The address of an agent on the mesh: the subject of its token and the {@code peer_id} of its signaling frames.
 *
 * @param value 1 to 64 characters, {@code [a-z0-9][a-z0-9._-]*}
 */
public record AgentId(@JsonValue String value) implements Comparable<AgentId> {
    private static final int LONGEST = 64;

    /** Checks the shape.
     * @throws ProtocolException if {@code value} is not an agent id */
    @JsonCreator
    public AgentId {
        if (!isValid(value)) {
            throw new ProtocolException(
                    "bad_agent_id",
                    "agent id must be 1 to 64 characters [a-z0-9][a-z0-9._-]*, got "
                            + Wire.quote(value));
        }
    }

    /** Tells whether a string could be an agent id or an agent name (both have the same shape).
     * @param value any string, may be null
     * @return true if it has the shape */
    public static boolean isValid(String value) {
        if (value == null || value.isEmpty() || value.length() > LONGEST) {
            return false;
        }
        for (int i = 0; i < value.length(); i++) { // several times for each frame that passes
            char c = value.charAt(i);
            boolean first = c >= 'a' && c <= 'z' || c >= '0' && c <= '9';
            if (!first && (i == 0 || c != '.' && c != '_' && c != '-')) {
                return false;
            }
        }
        return true;
    }

    /** The string's own, which it remembers: ids are looked up several times for each message. */
    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AgentId id && id.value.equals(value);
    }

    @Override
    public int compareTo(AgentId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
