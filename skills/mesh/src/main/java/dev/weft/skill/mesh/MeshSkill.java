package dev.weft.skill.mesh;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentId;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What an agent does with the other agents of the mesh, and with people. */
@Skill(
        id = "mesh",
        title = "Mesh",
        description =
                "Finds other agents, hands work to them, talks to them, and asks a person when a person must decide",
        permissions = {Skill.NET, Skill.LLM})
@Component(service = SkillService.class)
public final class MeshSkill implements SkillService {
    /** An agent of the mesh.
     * @param name its label
     * @param id its id
     * @param self whether it is this host's own
     * @param health active, stale or offline
     * @param path how messages travel to it now; absent if no link is up
     * @param skills what it offers
     * @param labels what it is marked with
     * @param load how busy it is, 0 to 1 */
    public record AgentView(
            String name,
            String id,
            boolean self,
            String health,
            @JsonInclude(JsonInclude.Include.NON_NULL) String path,
            List<String> skills,
            Map<String, String> labels,
            double load) {}

    /** What came of a delegated skill.
     * @param agent who did it
     * @param path how the task travelled
     * @param result what came out */
    public record Delegated(String agent, String path, JsonNode result) {}

    /** What an agent answered.
     * @param agent who
     * @param text its answer; absent if it gave none
     * @param error why it gave none
     * @param task of this host, whose result will be the answer: the agent is away, and the message is kept for it */
    public record Reply(
            String agent,
            @JsonInclude(JsonInclude.Include.NON_NULL) String text,
            @JsonInclude(JsonInclude.Include.NON_NULL) String error,
            @JsonInclude(JsonInclude.Include.NON_NULL) String task) {}

    /** How long a message waits for a link before the caller is told that it is kept. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Outbox outbox;
    private final Tasks tasks;
    private final Mesh mesh;
    private final AgentDirectory directory;
    private final HostIdentity self;

    /** Made by Declarative Services.
     * @param tasks carries out what is delegated
     * @param mesh reaches other agents
     * @param directory knows them
     * @param self this host */
    @Activate
    public MeshSkill(
            @Reference Tasks tasks,
            @Reference Mesh mesh,
            @Reference AgentDirectory directory,
            @Reference HostIdentity self) {
        this(tasks, mesh, directory, self, PATIENCE);
    }

    MeshSkill(
            Tasks tasks,
            Mesh mesh,
            AgentDirectory directory,
            HostIdentity self,
            Duration patience) {
        this.outbox = new Outbox(tasks, mesh, directory, self, patience);
        this.tasks = tasks;
        this.mesh = mesh;
        this.directory = directory;
        this.self = self;
    }

    /** All agents.
     * @return in the order of their names */
    @Tool(name = "list_agents", value = "Lists the agents of the mesh: state, skills, labels, load")
    public List<AgentView> listAgents() {
        return directory.agents().stream().map(this::view).toList();
    }

    /** Agents that fit.
     * @param skill what they must offer
     * @param label what they must be marked with
     * @param task tells who asks
     * @return the best first */
    @Tool(
            name = "find_agent",
            value = "Finds other agents that offer a skill or carry a label, the best first")
    public List<AgentView> findAgent(
            @P("the skill, such as disk or disk.usage") Optional<String> skill,
            @P("the label, such as site=vienna") Optional<String> label,
            TaskContext task) {
        String[] pair = label.map(text -> text.split("=", 2)).orElse(null);
        if (pair != null && pair.length < 2) {
            throw new IllegalArgumentException("a label is written key=value, got " + label.get());
        }
        return others(task)
                .best(
                        card ->
                                skill.map(Neighbours::offering)
                                                .map(offers -> offers.test(card))
                                                .orElse(true)
                                        && (pair == null
                                                || pair[1].equals(card.labels().get(pair[0]))))
                .stream()
                .map(this::view)
                .toList();
    }

    /** Has another agent carry a skill out.
     * @param skill what to do
     * @param input with what
     * @param agent who shall
     * @param task tells who asks, and how long there is
     * @return what came of it
     * @throws InterruptedException if the result is no longer wanted */
    @Tool("Has another agent carry out a skill and returns its result")
    public Delegated delegate(
            @P("the skill, such as disk.usage") String skill,
            @P("the skill's arguments") Optional<ObjectNode> input,
            @P("the agent, by name or id; left out, the least loaded that offers the skill")
                    Optional<String> agent,
            TaskContext task)
            throws InterruptedException {
        Neighbours others = others(task);
        AgentId target =
                agent.map(others::named)
                        .orElseGet(
                                () ->
                                        others.best(Neighbours.offering(skill)).stream()
                                                .findFirst()
                                                .map(found -> found.card().agentId())
                                                .orElseThrow(
                                                        () ->
                                                                new IllegalArgumentException(
                                                                        "no other agent offers \""
                                                                                + skill
                                                                                + "\"; see mesh.list_agents")));
        TaskHandle handle =
                tasks.submit(
                        new TaskRequest(
                                skill,
                                input.orElseGet(JsonNodeFactory.instance::objectNode),
                                Optional.of(target.value()),
                                self.agentId(),
                                Questions.left(task),
                                task.depth() + 1));
        try {
            return delegated(Questions.await(handle.done().copy()));
        } finally {
            if (!handle.done().isDone()) {
                tasks.cancel(handle.task().id());
            }
        }
    }

    /** Asks another host's agent.
     * @param agent who
     * @param message what it shall do
     * @param hours how long the message is kept for an agent that is away
     * @param task tells who asks, and how long there is
     * @return its answer, or the task that waits for it
     * @throws InterruptedException if the answer is no longer wanted */
    @Tool(
            name = "mesh_send",
            value =
                    "Sends a message to another agent, which acts on it, and returns its answer; for an agent that is away, the message is kept and the id of a task returned, whose result will be the answer")
    public Reply meshSend(
            @P("the agent, by name or id") String agent,
            @P("what it shall do; it knows nothing of this conversation") String message,
            @P("hours that the message is kept if the agent is away, 1 to 168; left out, 24")
                    Optional<Integer> hours,
            TaskContext task)
            throws InterruptedException {
        AgentId target = others(task).named(agent);
        Duration kept = Outbox.hours(hours.orElse(24));
        if (!outbox.reaches(target)) {
            String text = Questions.await(new Questions(mesh, task).ask(target, message));
            return new Reply(name(target), text, null, null);
        }
        TaskHandle sent = outbox.send(target, message, kept, task);
        Optional<Task> done = outbox.await(sent, target, task);
        if (done.isEmpty()) {
            return new Reply(name(target), null, null, sent.task().id());
        }
        Delegated answer = delegated(done.get());
        return new Reply(answer.agent(), answer.result().asText(), null, null);
    }

    /** Asks all agents to which a link is up.
     * @param message what they shall do
     * @param task tells who asks, and how long there is
     * @return an answer of each
     * @throws InterruptedException if the answers are no longer wanted */
    @Tool(
            name = "mesh_broadcast",
            value =
                    "Sends a message to all other agents that are linked, and returns their answers")
    public List<Reply> meshBroadcast(
            @P("what they shall do; they know nothing of this conversation") String message,
            TaskContext task)
            throws InterruptedException {
        Questions questions = new Questions(mesh, task);
        Neighbours others = others(task);
        Map<AgentId, CompletableFuture<String>> asked = new LinkedHashMap<>();
        for (Peer peer : mesh.peers()) {
            if (!others.isCaller(peer.id())) {
                asked.put(peer.id(), questions.ask(peer.id(), message));
            }
        }
        List<Reply> replies = new ArrayList<>();
        try {
            for (Map.Entry<AgentId, CompletableFuture<String>> one : asked.entrySet()) {
                replies.add(reply(name(one.getKey()), one.getValue()));
            }
        } finally {
            asked.values().forEach(answer -> answer.cancel(false));
        }
        return replies;
    }

    /** Asks a person.
     * @param question what
     * @param choices the possible answers
     * @param task asks
     * @return the answer
     * @throws InterruptedException if the answer is no longer wanted */
    @Tool(
            name = "user_intervention",
            value =
                    "Asks a person a question and waits for the answer; for what only a person may decide")
    public String userIntervention(
            @P("one or two sentences") String question,
            @P("the answers that are possible; left out, any is") Optional<List<String>> choices,
            TaskContext task)
            throws InterruptedException {
        return task.ask(question, choices.orElse(List.of()).toArray(String[]::new));
    }

    private static Reply reply(String agent, CompletableFuture<String> answer)
            throws InterruptedException {
        try {
            return new Reply(agent, Questions.await(answer), null, null);
        } catch (IllegalStateException failed) {
            return new Reply(agent, null, failed.getMessage(), null);
        }
    }

    private Delegated delegated(Task task) {
        if (task.error() != null) {
            throw new IllegalStateException(task.error().code() + ": " + task.error().message());
        }
        return new Delegated(name(task.target()), task.path(), task.result());
    }

    private Neighbours others(TaskContext task) {
        return new Neighbours(directory, self, task.caller());
    }

    private String name(AgentId id) {
        return directory.find(id.value()).map(agent -> agent.card().name()).orElse(id.value());
    }

    private AgentView view(KnownAgent agent) {
        AgentId id = agent.card().agentId();
        return new AgentView(
                agent.card().name(),
                id.value(),
                agent.local(),
                agent.health(),
                mesh.peer(id).map(peer -> peer.path().name().toLowerCase(Locale.ROOT)).orElse(null),
                agent.card().capabilities().skills(),
                agent.card().labels(),
                agent.card().load());
    }
}
