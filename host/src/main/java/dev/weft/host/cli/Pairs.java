package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.util.List;

/** Arguments of the form {@code key=value}: JSON where the schema wants it, text where not. */
final class Pairs {
    private Pairs() {}

    /** Reads pairs.
     * @param pairs as typed
     * @param properties the schema's; empty if it is not known
     * @return one member a pair */
    static ObjectNode read(List<String> pairs, JsonNode properties) {
        ObjectNode values = Wire.object();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new HostException(HostException.USAGE, "\"" + pair + "\" is not key=value");
            }
            String key = pair.substring(0, equals);
            String type = properties.path(key).path("type").asText("");
            values.set(key, value(pair.substring(equals + 1), type));
        }
        return values;
    }

    private static JsonNode value(String text, String type) {
        if (type.equals("string") && !text.equals("null")) {
            return Wire.node(text);
        }
        try {
            return Wire.tree(text);
        } catch (ProtocolException e) {
            return Wire.node(text);
        }
    }
}
