package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.LinkUser;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskRequest;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does tasks for peers: exactly one answer a request, and a request that comes again is not done again. */
@Component(
        service = {MessageHandler.class, LinkUser.class},
        immediate = true,
        property = {
            MessageHandler.TYPE + "=" + MeshMessage.TASK_REQUEST,
            MessageHandler.TYPE + "=" + MeshMessage.TASK_CANCEL,
            MessageHandler.TYPE + "=" + MeshMessage.TASK_INPUT
        })
public final class PeerTasks implements MessageHandler, LinkUser {
    private static final Logger LOG = LoggerFactory.getLogger(PeerTasks.class);
    private static final Duration USUAL_TTL = Duration.ofSeconds(120);

    private final TaskEngine engine;
    private final Skills skills;

    /** The answer that the peer waits for, by our task id. */
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();

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
        JsonNode payload = message.payload();
        String id = payload.path("task_id").asText("");
        String key = key(peer, id.isEmpty() ? message.requestId() : id);
        switch (message.type()) {
            case MeshMessage.TASK_CANCEL ->
                    engine.engine()
                            .known(key)
                            .ifPresent(ours -> engine.engine().cancel(ours, "canceled by " + peer));
            case MeshMessage.TASK_INPUT -> input(peer, key, payload);
            default -> request(peer, id, key, payload, reply);
        }
    }

    /** A link over which a result is to come must not be closed because nothing else goes over it. */
    @Override
    public boolean needs(AgentId peer) {
        return engine.engine().runs().table().running().stream()
                .anyMatch(
                        run ->
                                run.spec().origin() == Spec.Origin.PEER
                                        && run.spec().caller().equals(peer.value()));
    }

    private static String key(AgentId peer, String id) {
        return id.isEmpty() ? "" : peer + "/" + id;
    }

    private void input(AgentId peer, String key, JsonNode payload) {
        Optional<String> ours = engine.engine().known(key);
        try {
            if (ours.isPresent() && payload.path("answer").isTextual()) {
                engine.answer(
                        ours.get(),
                        new TaskAnswer(
                                Optional.of(payload.get("answer").textValue()),
                                Optional.empty(),
                                peer.value()));
            }
        } catch (TaskException e) {
            LOG.debug("{} answered task {} in vain: {}", peer, key, e.getMessage());
        }
    }

    private void request(AgentId peer, String id, String key, JsonNode payload, Reply reply) {
        boolean stream = payload.path("stream").asBoolean();
        Answer answer =
                new Answer(reply, payload.path("args").isMissingNode(), payload.has("traceparent"));
        if (payload.path("skill").asText("").isEmpty()) {
            answer.refuse("unknown_skill", "the request names no skill");
            return;
        }
        Engine.Taken taken =
                engine.engine()
                        .once(
                                key,
                                payload.path("resume").asBoolean()
                                        ? null
                                        : () -> incoming(peer, id, key, payload),
                                found -> follow(found, answer, stream, payload));
        if (taken == Engine.Taken.UNKNOWN) {
            answer.refuse(
                    "unknown_task",
                    "the host was started anew and does not know the task any more");
        }
    }

    private void follow(Runs.Found found, Answer answer, boolean stream, JsonNode payload) {
        if (found.run() == null) {
            answer.respond(found.task(), found.timeline());
            return;
        }
        Run run = found.run();
        Answer before = answers.put(run.task().id(), answer);
        if (before != null) {
            before.abandon(run);
        }
        // a task that was begun again here since has other pieces than those the peer got before
        boolean same = payload.path("attempt").asInt(0) == run.task().attempt();
        answer.follow(run, stream, same ? Math.max(0, payload.path("after").asLong(0)) : 0);
        if (before == null) {
            run.done().thenAccept(task -> answers.remove(task.id()));
        }
    }

    private Incoming incoming(AgentId peer, String id, String key, JsonNode payload) {
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
        boolean durable = !payload.path("idempotency_key").asText("").isEmpty();
        return new Incoming(
                id.matches("[A-Za-z0-9._-]{1,64}") ? id : "",
                reference,
                input,
                peer,
                peer.value(),
                Spec.Origin.PEER,
                ttl,
                Math.min(depth, Engine.MAX_DEPTH),
                key,
                new TaskRequest.Options(
                        durable && !key.isEmpty(),
                        "",
                        false,
                        TaskRequest.Priority.NORMAL,
                        payload.path("traceparent").asText("")));
    }
}
