package dev.weft.shell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Installs on other hosts: a task of skill {@code catalog} to each; their own policies decide. */
final class PeerInstalls {
    private static final String SKILL = "catalog";
    private static final Duration PATIENCE = Duration.ofSeconds(300);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private final AgentDirectory directory;
    private final Tasks tasks;
    private final HostIdentity identity;

    PeerInstalls(AgentDirectory directory, Tasks tasks, HostIdentity identity) {
        this.directory = directory;
        this.tasks = tasks;
        this.identity = identity;
    }

    /** Installs or plans on each host, all at once.
     * @return a table: what became of it on each
     * @throws InterruptedException if the session is closed meanwhile; what is under way is canceled */
    String run(InstallLine line) throws InterruptedException {
        List<AgentCard> agents = agents(line.on());
        ObjectNode input = Wire.object();
        line.skills().forEach(input.putArray("skills")::add);
        List<Optional<TaskHandle>> asked = new ArrayList<>();
        agents.forEach(agent -> asked.add(ask(agent, line.dry() ? "plan" : "install", input)));
        Table table = new Table("NAME", "ID", "RESULT", "DETAIL");
        try {
            for (int i = 0; i < agents.size(); i++) {
                row(table, agents.get(i), asked.get(i), line.dry());
            }
        } catch (InterruptedException e) {
            asked.forEach(each -> each.ifPresent(handle -> tasks.cancel(handle.task().id())));
            throw e;
        }
        return table.toString();
    }

    private List<AgentCard> agents(String on) {
        String[] label = on.split("=", 2);
        List<AgentCard> found =
                directory.agents().stream()
                        .map(KnownAgent::card)
                        .filter(
                                card ->
                                        label.length == 2
                                                ? label[1].equals(card.labels().get(label[0]))
                                                : on.equals(card.name())
                                                        || on.equals(card.agentId().value()))
                        .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    (label.length == 2 ? "no agent has the label " : "no agent is called ") + on);
        }
        return found;
    }

    private Optional<TaskHandle> ask(AgentCard agent, String tool, ObjectNode input) {
        if (agent.skills().stream().noneMatch(skill -> skill.id().equals(SKILL))) {
            return Optional.empty();
        }
        return Optional.of(
                tasks.submit(
                        new TaskRequest(
                                SKILL + "." + tool,
                                input,
                                Optional.of(agent.agentId().value()),
                                identity.agentId(),
                                PATIENCE,
                                0)));
    }

    private void row(Table table, AgentCard agent, Optional<TaskHandle> asked, boolean dry)
            throws InterruptedException {
        String result = "not done";
        String detail =
                "it takes no installs from other agents; its owner sets installs of dev.weft.catalog.mesh";
        if (asked.isPresent()) {
            Task task = end(asked.get());
            JsonNode said = task.result() == null ? Wire.object() : task.result();
            if (task.state() != TaskState.COMPLETED) {
                detail = Commands.describe(task);
            } else {
                detail = said.path("detail").asText();
                if (dry) {
                    result = said.path("answer").asText();
                } else if (said.path("done").asBoolean()) {
                    result = "done";
                }
            }
        }
        table.row(agent.name(), agent.agentId().value(), result, detail);
    }

    private Task end(TaskHandle handle) throws InterruptedException {
        try {
            return handle.done().get(PATIENCE.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            tasks.cancel(handle.task().id());
            return handle.task();
        }
    }
}
