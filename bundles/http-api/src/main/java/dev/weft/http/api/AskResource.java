package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.agent.Image;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Role;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.Tasks;
import dev.weft.api.task.Trace;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Traceparent;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A prompt for this host's agent, or for a peer's. */
final class AskResource implements Resource {
    private static final int LONGEST_PROMPT = 64 << 10;
    private final Rooms rooms;
    private final HostIdentity identity;
    private final SseStream.Pulse pulse;

    AskResource(Rooms rooms, HostIdentity identity, SseStream.Pulse pulse) {
        this.pulse = pulse;
        this.rooms = rooms;
        this.identity = identity;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/ask",
                                "Answer {prompt, timeout, agent, conversation, route, images}; as server-sent events token, step, answer, error if accepted",
                                Route.roles(Role.ADMIN, Role.OPERATOR),
                                this::ask)
                        .withImages(),
                Route.delete(
                        "/api/ask/conversations/{id}",
                        "Forget a conversation",
                        Route.roles(Role.ADMIN, Role.OPERATOR),
                        this::forget));
    }

    private CompletionStage<Reply> forget(Call call) {
        if (!agent().forget(call.path("id"))) {
            throw ApiException.notFound("there is no such conversation");
        }
        return Reply.ok(Wire.object().put("forgotten", call.path("id")));
    }

    private Agent agent() {
        return rooms.need(rooms.agent, "this host has no agent");
    }

    private CompletionStage<Reply> ask(Call call) throws IOException {
        JsonNode body = call.json();
        String prompt = Call.required(body, "prompt");
        if (prompt.length() > LONGEST_PROMPT) {
            throw ApiException.bad(
                    "bad_prompt", "a prompt may have " + LONGEST_PROMPT + " characters");
        }
        Duration timeout =
                Duration.ofMillis((long) (1000 * Call.number(body, "timeout", 120, 1, 3600)));
        String agent = Call.text(body, "agent");
        Agent.Question question =
                new Agent.Question(
                        prompt,
                        timeout,
                        Call.text(body, "conversation"),
                        Call.text(body, "route"),
                        null,
                        0,
                        List.of(),
                        List.of(),
                        trace(call.header("traceparent")),
                        "",
                        Image.read(body.path("images")));
        if (call.wantsEvents()) {
            return stream(call, question, agent);
        }
        call.patience(timeout);
        CompletableFuture<ObjectNode> answer = answer(question, agent, null);
        CompletableFuture<Reply> reply = answer.thenApply(text -> Reply.json(200, text));
        reply.whenComplete(
                (done, failure) -> answer.cancel(false)); // matters only if the exchange gave up
        return reply;
    }

    /** A trace that all tasks of the answer belong to: the caller's, else a new one. */
    private static String trace(String given) {
        return Traceparent.trace(given).isEmpty() ? Traceparent.next("") : given;
    }

    private CompletionStage<Reply> stream(Call call, Agent.Question question, String agent)
            throws IOException {
        var begun = new CompletableFuture<SseStream>();
        Agent.Listener listener =
                new Agent.Listener() {
                    @Override
                    public void onStep(Agent.Step step) {
                        begun.thenAccept(stream -> stream.send(null, "step", step));
                    }

                    @Override
                    public void onText(String text) {
                        begun.thenAccept(
                                stream ->
                                        stream.send(
                                                null, "token", Wire.object().put("text", text)));
                    }
                };
        CompletableFuture<ObjectNode> answer = answer(question, agent, listener);
        SseStream stream = new SseStream(call, pulse, () -> answer.cancel(false));
        begun.complete(stream);
        answer.whenComplete(
                (text, failure) -> {
                    if (failure == null) {
                        stream.send(null, "answer", text);
                    } else {
                        Reply problem = Problems.of(failure, "POST /api/ask");
                        stream.send(
                                null,
                                "error",
                                Wire.tree(
                                        new String(
                                                problem.body(),
                                                java.nio.charset.StandardCharsets.UTF_8)));
                    }
                    stream.end();
                });
        return CompletableFuture.completedFuture(Reply.STREAMED);
    }

    private CompletableFuture<ObjectNode> answer(
            Agent.Question question, String agent, Agent.Listener listener) {
        if (agent.isEmpty()
                || agent.equals(identity.name())
                || agent.equals(identity.agentId().value())) {
            CompletableFuture<Agent.Answer> asked = agent().ask(question, listener);
            return linked(
                    asked,
                    asked.thenApply(
                            answer ->
                                    describe(answer)
                                            .put("agent", identity.name())
                                            .put(
                                                    "trace",
                                                    Traceparent.trace(question.traceparent()))));
        }
        KnownAgent peer =
                rooms.directory()
                        .find(agent)
                        .orElseThrow(
                                () ->
                                        new TaskException(
                                                "agent_unknown",
                                                "no agent "
                                                        + Wire.quote(agent)
                                                        + " is known; GET /api/agents lists them"));
        ObjectNode prompt =
                Wire.object()
                        .put("message", question.prompt())
                        .put("direct", true)
                        .put("conversation", question.conversation())
                        .put("timeout_ms", question.timeout().toMillis())
                        .put("trace", true)
                        .put("stream", listener != null)
                        .put("traceparent", question.traceparent());
        question.images().forEach(image -> prompt.withArray("images").add(image.base64()));
        Tasks tasks = rooms.tasks;
        Trace.Part part =
                tasks == null
                        ? good -> {}
                        : tasks.part(question.traceparent(), peer.card().agentId(), true);
        CompletableFuture<MeshMessage> asked =
                rooms.mesh()
                        .request(
                                peer.card().agentId(),
                                MeshMessage.AGENT_PROMPT,
                                prompt,
                                question.timeout(),
                                listener == null ? null : chunk -> heard(chunk, listener));
        asked.whenComplete(
                (message, failure) ->
                        part.end(failure == null && !message.payload().hasNonNull("error")));
        return linked(
                asked,
                asked.thenApply(
                        message ->
                                describe(message.payload(), question, peer)
                                        .put("agent", peer.card().name())
                                        .put("trace", Traceparent.trace(question.traceparent()))));
    }

    private static void heard(MeshMessage chunk, Agent.Listener listener) {
        JsonNode payload = chunk.payload();
        if (payload.path("step").isObject()) {
            listener.onStep(Wire.as(payload.get("step"), Agent.Step.class));
        }
        String text = payload.path("text").asText("");
        if (!text.isEmpty()) {
            listener.onText(text);
        }
    }

    /** Cancelling what came of the work stops the work. */
    private static <T> CompletableFuture<T> linked(
            CompletableFuture<?> work, CompletableFuture<T> outcome) {
        outcome.whenComplete((done, failure) -> work.cancel(false));
        return outcome;
    }

    private static ObjectNode describe(Agent.Answer answer) {
        ObjectNode json = Wire.object().put("text", answer.text()).put("model", answer.model());
        json.set("steps", Wire.node(answer.steps()));
        return json;
    }

    private static ObjectNode describe(JsonNode answer, Agent.Question asked, KnownAgent peer) {
        if (answer.hasNonNull("error")) {
            throw new TaskException(
                    answer.path("code").asText("agent_failed"), answer.path("error").asText());
        }
        if (answer.path("images").asInt() < asked.images().size()) {
            throw new TaskException(
                    "no_images",
                    peer.card().name()
                            + " did not look at the images: its host is too old for them");
        }
        ObjectNode json =
                Wire.object()
                        .put("text", answer.path("text").asText())
                        .put("model", answer.path("model").asText());
        json.set(
                "steps",
                answer.path("steps").isArray() ? answer.path("steps") : Wire.node(List.of()));
        return json;
    }
}
