package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code weft:install --on}. */
class PeerInstallsTest {
    private final List<String> asked = new ArrayList<>();
    private final Installs installs = new Installs();

    @BeforeEach
    void mesh() {
        installs.program = Services.noProgram();
        List<KnownAgent> agents =
                List.of(
                        agent("a", "edge", true),
                        agent("b", "edge", false),
                        agent("c", "desk", true));
        installs.directory = Services.of(AgentDirectory.class, Map.of("agents", none -> agents));
        installs.identity =
                Services.of(HostIdentity.class, Map.of("agentId", none -> new AgentId("agent-me")));
        installs.tasks =
                Services.of(Tasks.class, Map.of("submit", words -> submit((TaskRequest) words[0])));
    }

    private static KnownAgent agent(String name, String role, boolean takesInstalls) {
        var card = Wire.object().put("agent_id", "agent-" + name).put("name", name);
        card.putObject("labels").put("role", role);
        var skills = card.putArray("skills");
        if (takesInstalls) {
            skills.addObject().put("id", "catalog").put("version", "1.0.0").putArray("tools");
        }
        return new KnownAgent(Wire.as(card, AgentCard.class), "active", false);
    }

    private TaskHandle submit(TaskRequest request) {
        asked.add(request.target().orElse("") + " " + request.skill() + " " + request.input());
        Task done =
                new Task(
                        "t1",
                        "catalog",
                        "install",
                        request.input(),
                        request.source(),
                        null,
                        TaskState.COMPLETED,
                        "",
                        Wire.object()
                                .put("done", true)
                                .put("answer", "ask")
                                .put("detail", "2 installed"),
                        null,
                        Instant.now(),
                        Instant.now(),
                        Instant.now().plusSeconds(60),
                        3,
                        1,
                        null,
                        "");
        return Services.of(
                TaskHandle.class,
                Map.of(
                        "task",
                        none -> done,
                        "done",
                        none -> CompletableFuture.completedFuture(done)));
    }

    @Test
    void each_host_with_a_label_installs_by_its_own_policy() throws Exception {
        String told = installs.install("text@1.2.0", "notes", "--on", "role=edge");
        assertEquals(
                List.of("agent-a catalog.install {\"skills\":[\"text@1.2.0\",\"notes\"]}"), asked);
        List<String> lines = told.lines().toList();
        assertTrue(lines.get(1).matches("a +agent-a +done +2 installed"), told);
        assertTrue(lines.get(2).matches("b +agent-b +not done +it takes no installs .*"), told);
        assertEquals(3, lines.size());
    }

    @Test
    void one_host_is_asked_for_its_plan_alone() throws Exception {
        String told = installs.install("text", "--dry-run", "--on", "c");
        assertEquals(List.of("agent-c catalog.plan {\"skills\":[\"text\"]}"), asked);
        assertTrue(told.lines().toList().get(1).matches("c +agent-c +ask +2 installed"), told);
    }

    @Test
    void what_cannot_be_meant_is_refused() {
        assertTrue(refused("text", "--on", "role=none").contains("no agent has the label"));
        assertTrue(refused("text", "--on", "z").contains("no agent is called z"));
        assertTrue(refused("text", "--on", "c", "--yes").contains("own policy"));
        assertTrue(refused("text", "--on").contains("needs a value"));
        assertTrue(refused("text", "--force").contains("\"--force\" is no option"));
        assertEquals(List.of(), asked);
    }

    private String refused(String... words) {
        return assertThrows(IllegalArgumentException.class, () -> installs.install(words))
                .getMessage();
    }
}
