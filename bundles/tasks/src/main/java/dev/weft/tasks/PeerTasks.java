package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Does tasks for peers: exactly one answer a request, and a request that comes again is not done again. */
@Component(
        service = MessageHandler.class,
        immediate = true,
        property = {"message.type=task_request", "message.type=task_cancel"})
public final class PeerTasks implements MessageHandler {
    private static final Duration USUAL_TTL = Duration.ofSeconds(120);
    private static final int MAX_REMEMBERED = 4096;

    private final TaskEngine engine;
    private final Skills skills;

    /** Peer and its task id, to our task id; the newest. */
    private final Map<String, String> remembered =
            new LinkedHashMap<>() {
                @Override
                protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                    return size() > MAX_REMEMBERED;
                }
            };

    /** Takes the engine of this host.
     * @param engine does the tasks
     * @param skills knows the parameters of tools */
    @Activate
    public PeerTasks(@Reference TaskEngine engine, @Reference Skills skills) {
        this.engine = engine;
        this.skills = skills;
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        String id = message.payload().path("task_id").asText("");
        String key = peer + "/" + (id.isEmpty() ? message.requestId() : id);
        if (message.type().equals(MeshMessage.TASK_CANCEL)) {
            Optional.ofNullable(known(key))
                    .ifPresent(ours -> engine.engine().cancel(ours, "canceled by " + peer));
            return;
        }
        Answer answer = new Answer(reply, message.payload().path("args").isMissingNode());
        JsonNode payload = message.payload();
        if (payload.path("skill").asText("").isEmpty()) {
            answer.refuse("unknown_skill", "the request names no skill");
            return;
        }
        boolean stream = payload.path("stream").asBoolean();
        synchronized (remembered) {
            String ours = remembered.get(key);
            Optional<Run> running =
                    ours == null ? Optional.empty() : engine.engine().table().running(ours);
            Optional<Task> finished =
                    ours == null || running.isPresent() ? Optional.empty() : engine.find(ours);
            if (running.isPresent()) {
                answer.follow(running.get(), stream);
            } else if (finished.isPresent()) {
                answer.respond(finished.get());
            } else {
                Run run = accept(peer, id, payload, started -> answer.follow(started, stream));
                if (!key.endsWith("/")) {
                    remembered.put(key, run.task().id());
                }
            }
        }
    }

    private Run accept(AgentId peer, String id, JsonNode payload, Consumer<Run> first) {
        String reference = payload.get("skill").asText();
        JsonNode args = payload.path("args");
        JsonNode input =
                args.isMissingNode()
                        ? Arguments.of(payload.path("message").asText(""), reference, skills)
                        : args;
        Duration ttl =
                payload.path("timeout_ms").isNumber()
                        ? Duration.ofMillis(Math.max(1, payload.get("timeout_ms").asLong()))
                        : USUAL_TTL;
        int depth = Math.max(0, payload.path("depth").asInt(0));
        String wanted = id.matches("[A-Za-z0-9._-]{1,64}") ? id : "";
        return engine.engine()
                .accept(
                        wanted,
                        reference,
                        input,
                        peer,
                        ttl,
                        Math.min(depth, Engine.MAX_DEPTH),
                        first);
    }

    private String known(String key) {
        synchronized (remembered) {
            return remembered.get(key);
        }
    }
}
