package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.agent.Image;
import dev.weft.api.mesh.LinkUser;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Lets a peer ask this host's agent. A peer that says {@code stream} hears words and steps as they come. */
@Component(
        service = {MessageHandler.class, LinkUser.class},
        property = {
            MessageHandler.TYPE + "=" + MeshMessage.AGENT_PROMPT,
            MessageHandler.TYPE + "=" + MeshMessage.AGENT_CANCEL
        })
public final class PromptHandler implements MessageHandler, LinkUser {
    private static final long TIMEOUT_MILLIS = Duration.ofSeconds(120).toMillis();
    private static final long LONGEST_MILLIS = Duration.ofHours(1).toMillis();
    private static final int MOST = 64 << 10;
    private static final int MOST_STEPS = 1 << 20;
    private static final int MOST_NAME = 64;
    private final Agent agent;

    /** The prompts that are being answered. */
    private final Map<Prompt, CompletableFuture<Agent.Answer>> asking = new ConcurrentHashMap<>();

    private record Prompt(AgentId peer, String requestId) {}

    /** Starts.
     * @param agent answers */
    @Activate
    public PromptHandler(@Reference Agent agent) {
        this.agent = agent;
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        Prompt one = new Prompt(peer, message.requestId());
        if (message.type().equals(MeshMessage.AGENT_CANCEL)) {
            CompletableFuture<Agent.Answer> given = asking.get(one);
            if (given != null) {
                given.cancel(false);
            }
            return;
        }
        JsonNode payload = message.payload();
        String prompt = payload.path("message").asText("");
        String conversation = payload.path("conversation").asText("");
        if (prompt.isBlank() || prompt.length() > MOST) {
            refuse(reply, "bad_prompt", "a prompt has 1 to " + MOST + " characters in \"message\"");
            return;
        }
        if (conversation.length() > MOST_NAME) {
            refuse(
                    reply,
                    "bad_prompt",
                    "a conversation's name has at most " + MOST_NAME + " characters");
            return;
        }
        List<Image> images;
        try {
            images = Image.read(payload.path("images"));
        } catch (TaskException e) {
            refuse(reply, e);
            return;
        }
        boolean streamed = payload.path("stream").asBoolean();
        long millis = payload.path("timeout_ms").asLong(TIMEOUT_MILLIS);
        Agent.Question question =
                new Agent.Question(
                        prompt,
                        Duration.ofMillis(Math.max(1, Math.min(LONGEST_MILLIS, millis))),
                        conversation.isEmpty() ? "" : own(peer, conversation),
                        "",
                        peer,
                        Math.max(1, payload.path("depth").asInt(1)),
                        texts(payload.path("skills")),
                        texts(payload.path("agents")),
                        payload.path("traceparent").asText(""),
                        payload.path("key").asText(""),
                        images);
        CompletableFuture<Agent.Answer> asked =
                agent.ask(question, streamed ? new Chunks(reply) : null);
        asking.put(one, asked); // before it is looked after, which may end it at once
        asked.whenComplete(
                (answer, e) -> {
                    asking.remove(one, asked);
                    if (asked.isCancelled()) {
                        return; // nobody waits for it
                    }
                    if (streamed) {
                        reply.send(
                                MeshMessage.AGENT_STREAM_CHUNK,
                                Wire.object().put("text", "").put("done", true));
                    }
                    if (e == null) {
                        reply.send(
                                MeshMessage.AGENT_RESPONSE,
                                response(answer, payload.path("trace").asBoolean())
                                        .put("images", images.size()));
                    } else {
                        refuse(reply, e);
                    }
                });
    }

    @Override
    public boolean needs(AgentId peer) {
        return asking.keySet().stream().anyMatch(one -> one.peer.equals(peer));
    }

    /** A peer's conversations are its own: their names here are ones that nobody else's come to. */
    private static String own(AgentId peer, String conversation) {
        try {
            byte[] name =
                    MessageDigest.getInstance("SHA-256")
                            .digest(
                                    (peer.value() + "\n" + conversation)
                                            .getBytes(StandardCharsets.UTF_8));
            return "peer-" + HexFormat.of().formatHex(name, 0, 20);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static ObjectNode response(Agent.Answer answer, boolean trace) {
        ObjectNode response = Wire.object().put("text", answer.text()).put("model", answer.model());
        if (trace) {
            JsonNode steps = Wire.node(answer.steps());
            if (Wire.write(steps).length() <= MOST_STEPS) {
                response.set("steps", steps);
            } else {
                response.put("steps_left_out", answer.steps().size());
            }
        }
        return response;
    }

    /** Sends on what happens. */
    private record Chunks(Reply reply) implements Agent.Listener {
        @Override
        public void onText(String text) {
            reply.send(
                    MeshMessage.AGENT_STREAM_CHUNK,
                    Wire.object().put("text", text).put("done", false));
        }

        @Override
        public void onStep(Agent.Step step) {
            JsonNode told = Wire.node(step);
            if (Wire.write(told).length() <= MOST_STEPS) {
                ObjectNode chunk = Wire.object().put("text", "").put("done", false);
                chunk.set("step", told);
                reply.send(MeshMessage.AGENT_STREAM_CHUNK, chunk);
            }
        }
    }

    private static void refuse(Reply reply, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        boolean known = cause instanceof TaskException;
        refuse(
                reply,
                known ? ((TaskException) cause).error().code() : "agent_failed",
                known ? cause.getMessage() : "the agent failed");
    }

    private static void refuse(Reply reply, String code, String message) {
        reply.send(
                MeshMessage.AGENT_RESPONSE, Wire.object().put("error", message).put("code", code));
    }
}
