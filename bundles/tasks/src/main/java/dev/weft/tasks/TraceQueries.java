package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells peers what this host did for them, and had done, in a trace. */
@Component(
        service = MessageHandler.class,
        property = MessageHandler.TYPE + "=" + MeshMessage.TRACE_QUERY)
public final class TraceQueries implements MessageHandler {
    private static final Logger LOG = LoggerFactory.getLogger(TraceQueries.class);
    private static final int MOST_ASKED = 64;

    /** Of the time that the peer waits, what is left to those that are asked on. */
    private static final double SHARE = 0.7;

    private final TaskEngine engine;

    /** Takes the engine of this host.
     * @param engine knows its traces */
    @Activate
    public TraceQueries(@Reference TaskEngine engine) {
        this.engine = engine;
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        JsonNode payload = message.payload();
        Set<String> asked = new LinkedHashSet<>();
        payload.path("asked").forEach(host -> asked.add(host.asText()));
        String trace = payload.path("trace").asText("");
        if (!trace.matches("[0-9a-f]{32}") || asked.size() > MOST_ASKED) {
            send(reply, Wire.object().put("known", false).put("error", "malformed query"));
            return;
        }
        long millis = Math.max(0, payload.path("timeout_ms").asLong(0));
        engine.traces()
                .tell(peer, trace, Duration.ofMillis((long) (SHARE * millis)), asked)
                .whenComplete(
                        (told, failure) ->
                                send(
                                        reply,
                                        failure == null
                                                ? told
                                                : Wire.object()
                                                        .put("known", false)
                                                        .put("error", "it is busy")));
    }

    private static void send(Reply reply, JsonNode answer) {
        try {
            reply.send(MeshMessage.TRACE_RESPONSE, answer);
        } catch (LinkException e) {
            LOG.debug("a trace could not be told: {}", e.getMessage());
        }
    }
}
