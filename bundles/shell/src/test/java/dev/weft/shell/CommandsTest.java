package dev.weft.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskError;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.apache.felix.gogo.runtime.CommandProcessorImpl;
import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.felix.service.command.CommandSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The commands, typed into a real Gogo session. */
@Timeout(120)
class CommandsTest {
    private static final AgentId HERE = new AgentId("agent-aaaaaa");
    private static final AgentId THERE = new AgentId("agent-bbbbbb");
    private static final SkillCard DISK =
            Wire.as(
                    Wire.tree(
                            """
            {"id":"disk","version":"1.0.0","title":"Disk space","tools":[{"name":"usage","schema":{"type":"object","properties":{
             "path":{"type":"string"},"depth":{"type":"integer"}}}}]}"""),
                    SkillCard.class);

    private final Commands commands = new Commands();
    private final Agents agents = new Agents();
    private final ThreadIOImpl io = new ThreadIOImpl();
    private final CommandProcessorImpl gogo = new CommandProcessorImpl(io);
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final List<TaskRequest> requests = new ArrayList<>();
    private final List<String> canceled = new ArrayList<>();
    private CommandSession session;

    @BeforeEach
    void open() {
        commands.program = agents.program = Services.noProgram();
        io.start();
        for (String function : List.of("skills", "call", "tasks")) {
            gogo.addCommand("weft", commands, function);
        }
        gogo.addCommand("weft", agents, "agents");
        gogo.addCommand("weft", agents, "peers");
        session = gogo.createSession(InputStream.nullInputStream(), console, console);
    }

    @AfterEach
    void close() {
        session.close();
        gogo.stop();
        io.stop();
    }

    private String type(String line) throws Exception {
        return String.valueOf(session.execute(line));
    }

    private static AgentCard card(AgentId id, String name, String... skills) {
        var node = Wire.object().put("agent_id", id.value()).put("name", name);
        node.putArray("skills").add(Wire.node(DISK));
        return Wire.as(node, AgentCard.class);
    }

    private void mesh() {
        agents.directory =
                commands.directory =
                        Services.of(
                                AgentDirectory.class,
                                Map.of(
                                        "agents",
                                        none ->
                                                List.of(
                                                        new AgentDirectory.KnownAgent(
                                                                card(HERE, "attic"),
                                                                "active",
                                                                true),
                                                        new AgentDirectory.KnownAgent(
                                                                card(THERE, "kitchen"),
                                                                "stale",
                                                                false))));
        agents.mesh =
                Services.of(
                        Mesh.class,
                        Map.of(
                                "peers",
                                none ->
                                        List.of(
                                                new Peer(
                                                        THERE,
                                                        "kitchen",
                                                        Path.P2P,
                                                        0.42,
                                                        123,
                                                        45_000_000,
                                                        "",
                                                        Instant.now().getEpochSecond()))));
    }

    private void engine(TaskState state, JsonNode result, TaskError error) {
        commands.identity = Services.of(HostIdentity.class, Map.of("agentId", none -> HERE));
        commands.tasks =
                Services.of(
                        Tasks.class,
                        Map.of(
                                "submit",
                                        arguments -> {
                                            TaskRequest request = (TaskRequest) arguments[0];
                                            requests.add(request);
                                            Task task =
                                                    new Task(
                                                            "t1",
                                                            request.skill(),
                                                            "",
                                                            request.input(),
                                                            request.source(),
                                                            null,
                                                            state,
                                                            "",
                                                            result,
                                                            error,
                                                            Instant.now(),
                                                            Instant.now(),
                                                            Instant.now());
                                            return Services.of(
                                                    TaskHandle.class,
                                                    Map.of(
                                                            "task", none -> task,
                                                            "done",
                                                                    none ->
                                                                            state.isFinal()
                                                                                    ? CompletableFuture
                                                                                            .completedFuture(
                                                                                                    task)
                                                                                    : new CompletableFuture<
                                                                                            Task>(),
                                                            "onChunk",
                                                                    consumer -> {
                                                                        @SuppressWarnings(
                                                                                "unchecked")
                                                                        Consumer<String> listener =
                                                                                (Consumer<String>)
                                                                                        consumer[0];
                                                                        listener.accept("piece ");
                                                                        return null;
                                                                    }));
                                        },
                                "cancel", arguments -> canceled.add((String) arguments[0]),
                                "list",
                                        arguments ->
                                                List.of(
                                                        new Task(
                                                                "t1",
                                                                "disk",
                                                                "usage",
                                                                Wire.object(),
                                                                HERE,
                                                                THERE,
                                                                TaskState.FAILED,
                                                                "p2p",
                                                                null,
                                                                new TaskError(
                                                                        "agent_offline", "gone"),
                                                                Instant.now().minusSeconds(300),
                                                                Instant.now(),
                                                                Instant.now()))));
    }

    @Test
    void what_is_not_running_is_said_in_words() throws Exception {
        assertTrue(type("weft:peers").startsWith("the mesh is not running on this host"));
        assertTrue(type("weft:skills").startsWith("the skill runtime is not running on this host"));
        assertTrue(type("weft:tasks").startsWith("the task engine is not running on this host"));
        assertTrue(
                type("weft:call disk").startsWith("the task engine is not running on this host"));
    }

    @Test
    void peers_lists_agents_with_health_and_measured_path_in_aligned_columns() throws Exception {
        mesh();
        List<String> lines = type("weft:peers").lines().toList();
        assertEquals(3, lines.size());
        assertTrue(
                lines.get(1).matches("attic +agent-aaaaaa +active +here +- +- +- +-"),
                lines.get(1));
        assertTrue(
                lines.get(2)
                        .matches(
                                "kitchen +agent-bbbbbb +stale +p2p +0\\.4 ms +123 B +45 MB +\\d s"),
                lines.get(2));
        assertEquals(lines.get(0).indexOf("PATH"), lines.get(2).indexOf("p2p"));
        List<String> all = type("weft:agents").lines().toList();
        assertTrue(all.get(1).matches("attic +agent-aaaaaa +active +here +disk .*"), all.get(1));
        assertTrue(all.get(2).matches("kitchen +agent-bbbbbb +stale +p2p +disk .*"), all.get(2));
    }

    @Test
    void peers_lists_a_linked_peer_that_the_directory_does_not_know() throws Exception {
        mesh();
        agents.directory = null;
        assertTrue(type("weft:peers").contains("kitchen"));
    }

    @Test
    void skills_lists_those_here_and_there_once() throws Exception {
        mesh();
        commands.skills = Services.of(Skills.class, Map.of("installed", none -> List.of(DISK)));
        List<String> lines = type("weft:skills").lines().toList();
        assertEquals(3, lines.size());
        assertTrue(lines.get(1).matches("disk +1\\.0\\.0 +here +usage +Disk space"), lines.get(1));
        assertTrue(
                lines.get(2).matches("disk +1\\.0\\.0 +kitchen +usage +Disk space"), lines.get(2));
    }

    @Test
    void tasks_lists_the_newest() throws Exception {
        engine(TaskState.COMPLETED, null, null);
        assertTrue(
                type("weft:tasks")
                        .lines()
                        .toList()
                        .get(1)
                        .matches(
                                "t1 +disk\\.usage +agent-bbbbbb +failed +p2p +5 min +agent_offline"));
    }

    @Test
    void call_runs_a_task_with_typed_arguments_and_shows_pieces_and_result() throws Exception {
        mesh();
        engine(TaskState.COMPLETED, Wire.tree("{\"free\":1}"), null);
        assertEquals(
                "{\"free\":1}",
                type("weft:call disk.usage path=/ depth=3 --agent kitchen --timeout 5"));
        TaskRequest request = requests.get(0);
        assertEquals("disk.usage", request.skill());
        assertEquals(Wire.tree("{\"path\":\"/\",\"depth\":3}"), request.input());
        assertEquals(Optional.of("kitchen"), request.target());
        assertEquals(Duration.ofSeconds(5), request.ttl());
        assertEquals(HERE, request.source());
        assertEquals("piece ", console.toString(StandardCharsets.UTF_8));
    }

    @Test
    void a_call_for_later_is_kept_on_disk_and_nobody_waits_for_it() throws Exception {
        engine(TaskState.WORKING, null, null);
        String said = type("weft:call disk.usage path=/ --later --agent attic --timeout 604800");
        assertEquals("task t1 is accepted; weft:task t1 shows it", said);
        TaskRequest request = requests.get(0);
        assertTrue(request.options().durable() && request.options().whenAway());
        assertEquals(Duration.ofDays(7), request.ttl());
        engine(TaskState.REJECTED, null, new TaskError("agent_unknown", "no such agent"));
        assertTrue(type("weft:call disk --later").contains("no such agent"));
        assertThrows(Exception.class, () -> type("weft:call disk --timeout 604800"));
    }

    @Test
    void a_text_stays_a_text_where_the_schema_wants_one() throws Exception {
        mesh();
        engine(TaskState.COMPLETED, Wire.tree("\"fine\""), null);
        assertEquals("fine", type("weft:call disk path=007 other=true"));
        assertEquals(Wire.tree("{\"path\":\"007\",\"other\":true}"), requests.get(0).input());
    }

    @Test
    void arguments_may_be_one_json_object() throws Exception {
        engine(TaskState.COMPLETED, Wire.tree("1"), null);
        assertEquals("1", type("weft:call disk.usage '{\"path\":\"/a b\",\"x\":[1]}'"));
        assertEquals(Wire.tree("{\"path\":\"/a b\",\"x\":[1]}"), requests.get(0).input());
    }

    @Test
    void a_failed_task_says_why() throws Exception {
        engine(TaskState.REJECTED, null, new TaskError("unknown_skill", "no agent offers nothing"));
        assertEquals(
                "rejected (unknown_skill): no agent offers nothing", type("weft:call nothing"));
    }

    @Test
    void wrong_usage_is_named_before_anything_runs() {
        engine(TaskState.COMPLETED, null, null);
        for (String words :
                List.of(
                        "",
                        "disk nonsense",
                        "disk --agent",
                        "disk --timeout 0",
                        "disk --timeout soon",
                        "disk '{broken'")) {
            String message =
                    assertThrows(
                                    IllegalArgumentException.class,
                                    () -> type("weft:call " + words),
                                    words)
                            .getMessage();
            assertFalse(message.isBlank());
        }
        assertEquals(List.of(), requests);
    }

    @Test
    void an_interrupted_call_cancels_its_task() throws Exception {
        engine(TaskState.WORKING, null, null);
        Thread.currentThread().interrupt();
        String said = commands.call(session, "disk");
        assertTrue(Thread.interrupted());
        assertEquals("interrupted; the task is canceled", said);
        assertEquals(List.of("t1"), canceled);
    }

    @Test
    void text_of_strangers_cannot_move_the_cursor() {
        Table table = new Table("A", "B");
        table.row("evil\u001b[2J\n", "");
        assertEquals("A          B\nevil?[2J?  -", table.toString());
        assertEquals(60, Table.printable("x".repeat(500)).length());
    }

    @Test
    void an_unknown_schema_leaves_the_types_to_the_text() {
        CallLine line = CallLine.parse(List.of("s", "a=1", "b=x", "c=", "d=a=b", "e={\"k\":1}"));
        assertEquals(
                Wire.tree("{\"a\":1,\"b\":\"x\",\"c\":\"\",\"d\":\"a=b\",\"e\":{\"k\":1}}"),
                line.input(MissingNode.getInstance()));
    }
}
