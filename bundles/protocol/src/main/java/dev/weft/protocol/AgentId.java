package dev.weft.protocol;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Pattern;

/**
 * The address of an agent on the mesh: the subject of its token and the {@code peer_id} of its signaling frames.
 *
 * @param value 1 to 64 characters, {@code [a-z0-9][a-z0-9._-]*}
 */
public record AgentId(@JsonValue String value) implements Comparable<AgentId> {
    private static final Pattern SHAPE = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

    /** Checks the shape.
     * @throws ProtocolException if {@code value} is not an agent id */
    @JsonCreator
    public AgentId {
        if (value == null || !SHAPE.matcher(value).matches()) {
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
        return value != null && SHAPE.matcher(value).matches();
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
