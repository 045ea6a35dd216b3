package dev.weft.workflows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.agent.Agent;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.skill.TaskContext;
import dev.weft.workflows.file.Workflow;
import dev.weft.workflows.file.Workflow.Place;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Has single steps done: skills by the task engine, goals by an agent, here or elsewhere. */
@Component(service = Steps.class)
public final class Steps {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    private final Tasks tasks;
    private final Agent agent;
    private final Mesh mesh;
    private final AgentDirectory directory;
    private final HostIdentity self;
    private final ExecutorService blocking;
    private final Answers answers;

    /** Made by Declarative Services.
     * @param tasks carries out skills
     * @param agent reaches goals
     * @param mesh asks other agents
     * @param directory knows them
     * @param self this host
     * @param blocking what branches run on
     * @param answers remembers what supervisors said */
    @Activate
    public Steps(
            @Reference Tasks tasks,
            @Reference Agent agent,
            @Reference Mesh mesh,
            @Reference AgentDirectory directory,
            @Reference HostIdentity self,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference Answers answers) {
        this.answers = answers;
        this.tasks = tasks;
        this.agent = agent;
        this.mesh = mesh;
        this.directory = directory;
        this.self = self;
        this.blocking = blocking;
    }

    ExecutorService blocking() {
        return blocking;
    }

    /** Runs a skill as a task and waits for it.
     * @param key tells this step of this run from all others: begun again after a crash, the run finds what came of it
     * @throws TaskException why it did not complete */
    JsonNode call(Workflow.Call call, ObjectNode input, Place place, String key, TaskContext task)
            throws InterruptedException {
        TaskHandle handle =
                tasks.submit(
                        new TaskRequest(
                                call.skill(),
                                input,
                                target(place, call.skill()),
                                self.agentId(),
                                left(task),
                                task.depth() + 1,
                                new TaskRequest.Options(
                                        task.isDurable(),
                                        task.isDurable() ? key : "",
                                        false,
                                        TaskRequest.Priority.NORMAL,
                                        "")));
        try {
            Task done = await(handle.done().copy());
            if (done.error() != null) {
                throw new TaskException(done.error().code(), done.error().message());
            }
            return done.result() == null ? JsonNodeFactory.instance.nullNode() : done.result();
        } finally {
            if (!handle.done().isDone()) {
                tasks.cancel(handle.task().id());
            }
        }
    }

    /** Has an agent reach a goal.
     * @param key as above
     * @return its answer as text
     * @throws TaskException why it did not */
    JsonNode supervise(
            String goal, Workflow.Supervise step, Place place, String key, TaskContext task)
            throws InterruptedException {
        Optional<String> before = task.isDurable() ? answers.find(key) : Optional.empty();
        if (before.isPresent()) {
            return JsonNodeFactory.instance.textNode(before.get());
        }
        String answer = await(ask(goal, step, place, task.isDurable() ? key : "", task));
        if (task.isDurable()) {
            answers.keep(key, answer, task.deadline());
        }
        return JsonNodeFactory.instance.textNode(answer);
    }

    private CompletableFuture<String> ask(
            String goal, Workflow.Supervise step, Place place, String key, TaskContext task) {
        Optional<AgentId> peer =
                target(place, "").map(this::id).filter(id -> !id.equals(self.agentId()));
        if (peer.isEmpty()) {
            return agent.ask(
                            new Agent.Question(
                                    goal,
                                    left(task),
                                    "",
                                    "",
                                    null,
                                    task.depth(),
                                    step.skills(),
                                    step.agents(),
                                    "",
                                    key,
                                    List.of()),
                            null)
                    .thenApply(Agent.Answer::text);
        }
        ObjectNode prompt =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("message", goal)
                        .put("depth", Math.max(1, task.depth()))
                        .put("timeout_ms", left(task).toMillis())
                        .put("key", key);
        step.skills().forEach(prompt.withArray("skills")::add);
        step.agents().forEach(prompt.withArray("agents")::add);
        CompletableFuture<MeshMessage> asked =
                mesh.request(peer.get(), MeshMessage.AGENT_PROMPT, prompt, left(task), null);
        CompletableFuture<String> answer = asked.thenApply(Steps::text);
        answer.whenComplete((text, failure) -> asked.cancel(false)); // matters if it is given up
        return answer;
    }

    private static String text(MeshMessage answer) {
        JsonNode payload = answer.payload();
        if (payload.hasNonNull("error")) {
            throw new TaskException(
                    payload.path("code").asText("agent_failed"), payload.path("error").asText());
        }
        return payload.path("text").asText();
    }

    private static <T> T await(CompletableFuture<T> done) throws InterruptedException {
        try {
            return done.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TaskException known
                    ? known
                    : new TaskException(
                            "agent_failed", String.valueOf(e.getCause().getMessage()), e);
        } finally {
            done.cancel(false);
        }
    }

    private AgentId id(String name) {
        return directory
                .find(name)
                .map(known -> known.card().agentId())
                .orElseThrow(
                        () ->
                                new TaskException(
                                        "agent_unknown", "there is no agent \"" + name + "\""));
    }

    private Optional<String> target(Place place, String skill) {
        if (place.label().isEmpty()) {
            return place.agent().isEmpty() ? Optional.empty() : Optional.of(place.agent());
        }
        String[] label = place.label().split("=", 2);
        return Optional.of(
                directory.agents().stream()
                        .filter(known -> !known.health().equals("offline"))
                        .filter(known -> label[1].equals(known.card().labels().get(label[0])))
                        .filter(known -> skill.isEmpty() || offers(known.card(), skill))
                        .min(
                                Comparator.comparing(
                                                (KnownAgent known) ->
                                                        !known.health().equals("active"))
                                        .thenComparing(known -> known.card().load()))
                        .orElseThrow(
                                () ->
                                        new TaskException(
                                                "agent_unknown",
                                                "no agent with label "
                                                        + place.label()
                                                        + " is there"
                                                        + (skill.isEmpty()
                                                                ? ""
                                                                : " that offers " + skill)))
                        .card()
                        .agentId()
                        .value());
    }

    private static boolean offers(AgentCard card, String skill) {
        int dot = skill.lastIndexOf('.');
        return card.offers(skill) || dot > 0 && card.offers(skill.substring(0, dot));
    }

    private static Duration left(TaskContext task) {
        Duration left = Duration.between(Instant.now(), task.deadline());
        return left.compareTo(SHORTEST) < 0 ? SHORTEST : left;
    }
}
