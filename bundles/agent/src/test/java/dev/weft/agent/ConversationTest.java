package dev.weft.agent;

import static dev.weft.agent.World.call;
import static dev.weft.agent.World.calls;
import static dev.weft.agent.World.says;
import static dev.weft.agent.World.script;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.weft.api.agent.Agent;
import dev.weft.api.agent.Agent.Answer;
import dev.weft.api.agent.Agent.Question;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Memory, streaming, delegation, approvals and the choice of tools. */
class ConversationTest extends AgentTest {
    @BeforeEach
    void start() {
        world.data = folder;
        world.installed.add(World.disk());
        agent = world.agent(blocking, timer, "", "", 4);
    }

    private Answer ask(String prompt, String conversation) throws Exception {
        return agent.ask(new Question(prompt, TIME, conversation, "", null, 0), null)
                .get(60, TimeUnit.SECONDS);
    }

    @Test
    void a_conversation_is_remembered_over_a_restart_until_it_is_forgotten() throws Exception {
        List<List<ChatMessage>> shown = new ArrayList<>();
        agent.use(
                script(
                        request -> {
                            shown.add(request.messages());
                            return AiMessage.from("noted");
                        }));
        ask("my name is Ada", "ada");
        agent.stop();
        agent = world.agent(blocking, timer, "", "", 4);
        agent.use(
                script(
                        request -> {
                            shown.add(request.messages());
                            return AiMessage.from("Ada");
                        }));
        ask("what is my name?", "ada");
        assertEquals(4, shown.get(1).size());
        assertEquals("my name is Ada", ((UserMessage) shown.get(1).get(1)).singleText());
        ask("what is my name?", "");
        assertEquals(2, shown.get(2).size(), "no conversation, no memory");
        assertTrue(agent.forget("ada"));
        assertFalse(agent.forget("ada"));
        ask("what is my name?", "ada");
        assertEquals(2, shown.get(3).size());
    }

    @Test
    void a_failed_question_leaves_nothing_behind() throws Exception {
        agent.use(
                script(
                        calls(call("1", "disk_usage", "{\"path\":\"/\"}")),
                        request -> {
                            throw new IllegalStateException("gone");
                        }));
        assertThrows(ExecutionException.class, () -> ask("one", "c"));
        AtomicReference<List<ChatMessage>> shown = new AtomicReference<>();
        agent.use(
                script(
                        request -> {
                            shown.set(request.messages());
                            return AiMessage.from("ok");
                        }));
        ask("two", "c");
        assertEquals(2, shown.get().size());
    }

    @Test
    void names_that_are_paths_are_refused() {
        agent.use(script(says("x")));
        for (String name : List.of("../x", "a/b", "A", ".hidden")) {
            ExecutionException failed =
                    assertThrows(ExecutionException.class, () -> ask("x", name));
            assertEquals("bad_arguments", ((TaskException) failed.getCause()).error().code(), name);
        }
    }

    @Test
    void the_window_keeps_system_question_and_whole_exchanges() {
        Window window = new Window(List.of(), 1000);
        window.add(SystemMessage.from("system"));
        for (int i = 0; i < 20; i++) {
            window.add(UserMessage.from("old question " + i + " " + "x".repeat(400)));
            window.add(AiMessage.from("old answer " + i));
        }
        window.add(UserMessage.from("the question"));
        for (int i = 0; i < 10; i++) {
            AiMessage call = AiMessage.from(World.call("c" + i, "disk_usage", "{}"));
            window.add(call);
            window.add(
                    ToolExecutionResultMessage.from(
                            call.toolExecutionRequests().get(0), "y".repeat(1000)));
        }
        List<ChatMessage> kept = window.messages();
        assertEquals(SystemMessage.from("system"), kept.get(0));
        assertEquals(UserMessage.from("the question"), kept.get(1));
        assertTrue(kept.size() < 12, kept.size() + " messages");
        for (int i = 2; i < kept.size(); i += 2) {
            assertTrue(((AiMessage) kept.get(i)).hasToolExecutionRequests());
            assertEquals(
                    ((AiMessage) kept.get(i)).toolExecutionRequests().get(0).id(),
                    ((ToolExecutionResultMessage) kept.get(i + 1)).id());
        }
    }

    @Test
    void delegation_goes_to_the_peers_agent_and_comes_back_as_data() throws Exception {
        world.peer("agent-e7", "edge-7", "active");
        List<JsonNode> sent = new CopyOnWriteArrayList<>();
        agent.use(
                (Mesh)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {Mesh.class},
                                (proxy, method, arguments) -> {
                                    assertEquals("request", method.getName());
                                    assertEquals(new AgentId("agent-e7"), arguments[0]);
                                    sent.add((JsonNode) arguments[2]);
                                    return CompletableFuture.completedFuture(
                                            new MeshMessage(
                                                    MeshMessage.AGENT_RESPONSE,
                                                    "r",
                                                    "agent-e7",
                                                    "agent-a1",
                                                    JsonNodeFactory.instance
                                                            .objectNode()
                                                            .put("text", "all is well here")));
                                }));
        AtomicReference<String> told = new AtomicReference<>();
        agent.use(
                script(
                        calls(
                                call(
                                        "1",
                                        "ask_agent",
                                        "{\"agent\":\"edge-7\",\"prompt\":\"how are you?\"}")),
                        request -> {
                            told.set(
                                    ((ToolExecutionResultMessage)
                                                    request.messages()
                                                            .get(request.messages().size() - 1))
                                            .text());
                            return AiMessage.from("fine");
                        }));
        Answer answer = ask("ask edge-7 how it is", "");
        assertEquals("how are you?", sent.get(0).path("message").asText());
        assertEquals(1, sent.get(0).path("depth").asInt());
        assertEquals(
                "{\"agent\":\"edge-7\",\"result\":{\"text\":\"all is well here\"}}", told.get());
        assertEquals("agent.ask", answer.steps().get(0).tool());
        assertEquals("edge-7", answer.steps().get(0).agent());
    }

    @Test
    void agents_do_not_hand_a_question_round_for_ever() {
        agent.use(script(says("x")));
        ExecutionException failed =
                assertThrows(
                        ExecutionException.class,
                        () ->
                                agent.ask(
                                                new Question(
                                                        "x", TIME, "", "", new AgentId("b"), 4),
                                                null)
                                        .get(60, TimeUnit.SECONDS));
        assertEquals("too_deep", ((TaskException) failed.getCause()).error().code());
    }

    @Test
    void a_call_that_waits_for_a_person_is_a_step_with_its_exact_arguments() throws Exception {
        CountDownLatch approved = new CountDownLatch(1);
        world.waiting = TaskState.AUTH_REQUIRED;
        world.body =
                request -> {
                    approved.await(60, TimeUnit.SECONDS);
                    return JsonNodeFactory.instance.objectNode();
                };
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/etc\"}")), says("done")));
        List<Step> steps = new CopyOnWriteArrayList<>();
        CompletableFuture<Answer> answer = agent.ask("x", TIME, steps::add);
        await().atMost(TIME).until(() -> steps.size() == 1);
        assertEquals("auth-required", steps.get(0).output().path("state").asText());
        assertEquals("{\"path\":\"/etc\"}", steps.get(0).input().toString());
        approved.countDown();
        assertEquals("done", answer.get(60, TimeUnit.SECONDS).text());
        assertEquals(2, answer.join().steps().size());
    }

    @Test
    void a_question_with_bounds_shows_and_reaches_nothing_else() throws Exception {
        world.peer("agent-b2", "bravo", "active", World.disk());
        world.peer("agent-c3", "charlie", "active", World.disk());
        world.installed.add(World.skill("text", "run", "a text", "{\"type\":\"object\"}"));
        AtomicReference<ChatRequest> shown = new AtomicReference<>();
        agent.use(
                script(
                        request -> {
                            shown.set(request);
                            return AiMessage.from(
                                    call("1", "disk_usage", "{\"path\":\"/\"}"),
                                    call(
                                            "2",
                                            "disk_usage",
                                            "{\"path\":\"/\",\"agent\":\"charlie\"}"),
                                    call("3", "text_run", "{}"));
                        },
                        says("done")));
        Answer answer =
                agent.ask(
                                new Question(
                                        "x",
                                        TIME,
                                        "",
                                        "",
                                        null,
                                        0,
                                        List.of("disk"),
                                        List.of("bravo"),
                                        "",
                                        "",
                                        List.of()),
                                null)
                        .get(60, TimeUnit.SECONDS);
        assertEquals(
                List.of("disk_usage"),
                shown.get().toolSpecifications().stream().map(tool -> tool.name()).toList());
        assertEquals(1, world.submitted.size(), answer.steps().toString());
        assertEquals("agent-b2", world.submitted.get(0).target().orElseThrow());
    }

    @Test
    void of_many_tools_the_model_is_shown_those_that_the_question_is_about() throws Exception {
        IntStream.range(0, 100)
                .forEach(
                        i ->
                                world.installed.add(
                                        World.skill(
                                                "filler" + i,
                                                "run",
                                                "does something with widgets of kind " + i,
                                                "{\"type\":\"object\"}")));
        world.installed.add(
                World.skill(
                        "weather",
                        "forecast",
                        "Rain and wind of a place",
                        "{\"type\":\"object\"}"));
        AtomicReference<ChatRequest> shown = new AtomicReference<>();
        agent.use(
                script(
                        request -> {
                            shown.set(request);
                            return AiMessage.from("x");
                        }));
        ask("Will there be rain in Jena, and how full is the disk?", "");
        List<String> names =
                shown.get().toolSpecifications().stream().map(tool -> tool.name()).toList();
        assertEquals(40, names.size());
        assertTrue(names.containsAll(List.of("weather_forecast", "disk_usage")), names.toString());
    }

    @Test
    void what_the_model_says_is_heard_piece_by_piece() throws Exception {
        agent.use(new SpeakingModel(List.of("All ", "is ", "well")));
        List<String> heard = new CopyOnWriteArrayList<>();
        Answer answer =
                agent.ask(
                                Question.of("x", TIME),
                                new Agent.Listener() {
                                    @Override
                                    public void onText(String text) {
                                        heard.add(text);
                                    }
                                })
                        .get(60, TimeUnit.SECONDS);
        assertEquals("All is well", answer.text());
        assertEquals(List.of("All ", "is ", "well"), heard);
    }
}
