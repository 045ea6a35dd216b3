package dev.weft.agent;

import static dev.weft.agent.World.call;
import static dev.weft.agent.World.calls;
import static dev.weft.agent.World.says;
import static dev.weft.agent.World.script;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.api.agent.Agent.Answer;
import dev.weft.api.agent.Agent.Question;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.events.EventJournal;
import dev.weft.protocol.AgentId;
import dev.weft.tasks.TaskEngine;
import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** The agent with the real task engine and the real events. */
class ApprovalTest {
    private static final Duration TIME = Duration.ofSeconds(60);

    @TempDir Path folder;
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private final World world = new World(blocking);
    private final List<Step> steps = new CopyOnWriteArrayList<>();
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private TaskEngine engine;

    @BeforeEach
    void start() throws Exception {
        EventJournal events = new EventJournal(blocking, timer);
        world.data = folder;
        world.events = events;
        world.confirm = true;
        world.installed.add(World.disk());
        world.body =
                request -> {
                    ran.add(request.input().toString());
                    return JsonNodeFactory.instance.textNode("ok");
                };
        engine = engine(events);
        world.tasks = engine;
    }

    private TaskEngine engine(EventJournal events, String... permissions) throws Exception {
        Map<String, Object> settings =
                Map.of("permissions", permissions, "getProperty", folder.toString());
        return new TaskEngine(
                stub(BundleContext.class, settings),
                stub(TaskEngine.Config.class, settings),
                World.identity(),
                world.skills(),
                events,
                blocking,
                timer);
    }

    @AfterEach
    void stop() throws Exception {
        engine.stop();
        blocking.shutdownNow();
        timer.shutdownNow();
        assertTrue(blocking.awaitTermination(60, TimeUnit.SECONDS));
        assertTrue(timer.awaitTermination(60, TimeUnit.SECONDS));
    }

    @Test
    void each_call_that_needs_an_approval_is_shown_with_its_arguments_and_changed_ones_ask_again()
            throws Exception {
        CompletableFuture<Answer> answer =
                ask(
                        script(
                                calls(call("1", "disk_usage", "{\"path\":\"/a\"}")),
                                calls(call("2", "disk_usage", "{\"path\":\"/b\"}")),
                                says("done")));
        Step first = waiting(1);
        assertEquals("{\"path\":\"/a\"}", first.input().toString());
        assertTrue(ran.isEmpty(), "nothing runs before it is approved");
        decide(first, true);
        Step second = waiting(2);
        assertEquals("{\"path\":\"/b\"}", second.input().toString());
        assertEquals(List.of("{\"path\":\"/a\"}"), ran);
        decide(second, true);
        assertEquals("done", answer.get(60, TimeUnit.SECONDS).text());
        assertEquals(4, answer.join().steps().size(), answer.join().steps().toString());
    }

    @Test
    void what_a_person_refuses_does_not_run_and_the_model_is_told() throws Exception {
        CompletableFuture<Answer> answer =
                ask(script(calls(call("1", "disk_usage", "{\"path\":\"/a\"}")), says("sorry")));
        decide(waiting(1), false);
        assertEquals("sorry", answer.get(60, TimeUnit.SECONDS).text());
        assertTrue(ran.isEmpty());
        assertTrue(
                answer.join().steps().get(1).error().contains("refused"),
                answer.join().steps().toString());
    }

    @Test
    void a_call_for_a_peer_has_the_peer_s_permissions() throws Exception {
        world.confirm = false;
        engine.stop();
        engine = engine(new EventJournal(blocking, timer), "disk=agent-friend");
        world.tasks = engine;
        for (String peer : List.of("agent-friend", "agent-stranger")) {
            Answer answer =
                    agent(script(calls(call("1", "disk_usage", "{\"path\":\"/a\"}")), says("x")))
                            .ask(new Question("x", TIME, "", "", new AgentId(peer), 1), null)
                            .get(60, TimeUnit.SECONDS);
            String error = answer.steps().get(0).error();
            assertTrue(
                    peer.equals("agent-friend")
                            ? error == null
                            : error != null && error.contains("agent-stranger may not call"),
                    peer + ": " + error);
        }
        assertEquals(1, ran.size());
    }

    private CompletableFuture<Answer> ask(dev.langchain4j.model.chat.ChatModel model) {
        return agent(model).ask("x", TIME, steps::add);
    }

    private PromptAgent agent(dev.langchain4j.model.chat.ChatModel model) {
        PromptAgent agent = world.agent(blocking, timer, "", "", 10);
        agent.use(model);
        return agent;
    }

    /** The so many-th step that waits for a person. */
    private Step waiting(int number) {
        return await().atMost(TIME)
                .until(
                        () ->
                                steps.stream()
                                        .filter(
                                                step ->
                                                        step.output() != null
                                                                && "auth-required"
                                                                        .equals(
                                                                                step.output()
                                                                                        .path(
                                                                                                "state")
                                                                                        .asText()))
                                        .toList(),
                        found -> found.size() == number)
                .get(number - 1);
    }

    private void decide(Step step, boolean approved) {
        Task task =
                engine.answer(
                        step.output().path("task").asText(),
                        new TaskAnswer(Optional.empty(), Optional.of(approved), "a test"));
        assertEquals("disk", task.skill());
    }

    /** Answers as told; a configuration else by its defaults. */
    private static <T> T stub(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) ->
                                answers.getOrDefault(
                                        method.getName(),
                                        method.getDefaultValue() != null
                                                ? method.getDefaultValue()
                                                : method.getReturnType().isArray()
                                                        ? Array.newInstance(
                                                                method.getReturnType()
                                                                        .getComponentType(),
                                                                0)
                                                        : null)));
    }
}
