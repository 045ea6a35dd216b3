package dev.weft.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.protocol.Acks;
import dev.weft.protocol.Receipt;
import dev.weft.protocol.Wire;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a peer says of itself in its {@code hello}.
 *
 * @param features what it can read
 * @param stream names the numbers that it gives its messages to this host; a host that forgot, or was started anew, names another
 * @param seen the stream of this host that it knows; "" if none
 * @param next what it has handled of that stream
 */
record Greeting(Set<String> features, String stream, String seen, Acks next) {
    /** Text frames with an array of messages. */
    static final String BATCH = "batch";

    /** Messages in pieces. */
    static final String CHUNK = "chunk";

    /** Compressed frames. */
    static final String DEFLATE = "deflate";

    /** Binary frames with numbers and acknowledgements: messages survive a change of links. */
    static final String RESUME = "resume";

    private static final List<String> OURS = List.of(BATCH, CHUNK, DEFLATE, RESUME);
    private static final int MOST = 64;

    /** Writes what this host says.
     * @param stream of this host
     * @param seen stream of the peer, "" if unknown
     * @param next what was handled of it
     * @return members of a {@code hello} */
    static ObjectNode write(String stream, String seen, Acks next) {
        ObjectNode hello = Wire.object();
        hello.putArray("versions").add(1);
        ArrayNode features = hello.putArray("features");
        OURS.forEach(features::add);
        hello.put("stream", stream);
        if (!seen.isEmpty()) {
            ObjectNode known = hello.putObject("seen");
            known.put("stream", seen);
            known.putArray("next").add(next.control()).add(next.interactive()).add(next.bulk());
        }
        return hello;
    }

    /** Reads a hello; what it does not say, or says wrongly, is nothing. */
    static Greeting read(JsonNode hello) {
        Set<String> features = new HashSet<>();
        for (JsonNode feature : hello.path("features")) {
            if (features.size() < MOST) {
                features.add(feature.asText());
            }
        }
        String stream = id(hello.path("stream"));
        if (stream.isEmpty()) {
            features.remove(RESUME);
        }
        JsonNode next = hello.path("seen").path("next");
        return new Greeting(
                Set.copyOf(features),
                stream,
                id(hello.path("seen").path("stream")),
                new Acks(count(next.path(0)), count(next.path(1)), count(next.path(2))));
    }

    /** Names a stream of a host that begins to talk to a peer. */
    static String firstStream() {
        return Pending.newId() + ".0";
    }

    /** Names the stream that follows another one of the same host: hellos on a slow link may be overtaken. */
    static String streamAfter(String stream) {
        int dot = stream.indexOf('.');
        return stream.substring(0, dot + 1) + (Integer.parseInt(stream.substring(dot + 1)) + 1);
    }

    /** Whether a host has begun a stream before another one; false if that cannot be told. */
    static boolean isBefore(String stream, String other) {
        int dot = stream.indexOf('.');
        return dot > 0
                && other.startsWith(stream.substring(0, dot + 1))
                && generation(stream, dot) < generation(other, dot);
    }

    /** What a frame says to tell a stream from those before it. */
    static int mark(String stream) {
        int dot = stream.indexOf('.');
        return Receipt.mark(dot > 0 ? generation(stream, dot) : -1);
    }

    private static int generation(String stream, int dot) {
        try {
            return Integer.parseInt(stream, dot + 1, stream.length(), 10);
        } catch (NumberFormatException notOurs) {
            return 0;
        }
    }

    private static String id(JsonNode node) {
        String id = node.asText("");
        return id.length() > MOST ? "" : id;
    }

    private static long count(JsonNode node) {
        return Math.max(0, node.asLong(0));
    }
}
