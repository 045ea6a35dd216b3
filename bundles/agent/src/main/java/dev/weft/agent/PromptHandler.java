package dev.weft.agent;

import dev.weft.api.agent.Agent;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Lets a peer ask this host's agent. */
@Component(
        service = MessageHandler.class,
        property = MessageHandler.TYPE + "=" + MeshMessage.AGENT_PROMPT)
public final class PromptHandler implements MessageHandler {
    private static final Duration TIMEOUT = Duration.ofSeconds(120);
    private static final int MOST = 64 << 10;
    private final Agent agent;

    /** Starts.
     * @param agent answers */
    @Activate
    public PromptHandler(@Reference Agent agent) {
        this.agent = agent;
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        String prompt = message.payload().path("message").asText("");
        if (prompt.isBlank() || prompt.length() > MOST) {
            refuse(reply, "bad_prompt", "a prompt has 1 to " + MOST + " characters in \"message\"");
        } else {
            agent.ask(
                            new Agent.Question(
                                    prompt,
                                    TIMEOUT,
                                    "",
                                    "",
                                    peer,
                                    Math.max(1, message.payload().path("depth").asInt(1))),
                            null)
                    .whenComplete(
                            (answer, e) -> {
                                if (e == null) {
                                    reply.send(
                                            MeshMessage.AGENT_RESPONSE,
                                            Wire.object().put("text", answer.text()));
                                } else {
                                    Throwable cause =
                                            e instanceof CompletionException && e.getCause() != null
                                                    ? e.getCause()
                                                    : e;
                                    boolean known = cause instanceof TaskException;
                                    refuse(
                                            reply,
                                            known
                                                    ? ((TaskException) cause).error().code()
                                                    : "agent_failed",
                                            known ? cause.getMessage() : "the agent failed");
                                }
                            });
        }
    }

    private static void refuse(Reply reply, String code, String message) {
        reply.send(
                MeshMessage.AGENT_RESPONSE, Wire.object().put("error", message).put("code", code));
    }
}
