package dev.weft.agent;

import static dev.weft.agent.World.call;
import static dev.weft.agent.World.calls;
import static dev.weft.agent.World.says;
import static dev.weft.agent.World.script;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.weft.api.agent.Agent;
import dev.weft.api.agent.Agent.Answer;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.task.TaskException;
import dev.weft.llm.rules.RuleModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PromptAgentTest extends AgentTest {
    @BeforeEach
    void start() {
        world.installed.add(World.disk());
        world.peer("agent-e7", "edge-7", "active", World.disk());
        world.body =
                request ->
                        JsonNodeFactory.instance
                                .objectNode()
                                .put(
                                        "free_bytes",
                                        request.target().isPresent()
                                                        && request.target().get().equals("agent-e7")
                                                ? 700
                                                : 100);
        agent = world.agent(blocking, timer, "Be brief.", "", 4);
    }

    private Answer ask(ChatModel model, String prompt) throws Exception {
        agent.use(model);
        return agent.ask(prompt, TIME, null).get(60, TimeUnit.SECONDS);
    }

    private TaskException failure(CompletableFuture<Answer> answer) {
        ExecutionException failure =
                assertThrows(ExecutionException.class, () -> answer.get(60, TimeUnit.SECONDS));
        return (TaskException) failure.getCause();
    }

    private static ToolExecutionResultMessage result(ChatRequest request, int fromEnd) {
        return (ToolExecutionResultMessage)
                request.messages().get(request.messages().size() - fromEnd);
    }

    @Test
    void answers_with_what_a_peer_said() throws Exception {
        List<Step> trace = new CopyOnWriteArrayList<>();
        AtomicReference<String> told = new AtomicReference<>();
        agent.use(
                script(
                        calls(call("1", "disk_usage", "{\"path\":\"/\",\"agent\":\"edge-7\"}")),
                        request -> {
                            told.set(result(request, 1).text());
                            return AiMessage.from("700 bytes");
                        }));
        Answer answer =
                agent.ask("how much space on edge-7?", TIME, trace::add).get(60, TimeUnit.SECONDS);
        assertEquals("700 bytes", answer.text());
        assertEquals("scripted", answer.model());
        assertEquals("{\"agent\":\"edge-7\",\"result\":{\"free_bytes\":700}}", told.get());
        assertEquals(answer.steps(), trace);
        Step step = trace.get(0);
        assertEquals("disk.usage", step.tool());
        assertEquals("edge-7", step.agent());
        assertEquals("{\"path\":\"/\"}", step.input().toString());
        assertEquals(700, step.output().get("free_bytes").asInt());
        assertNull(step.error());
        assertEquals("agent-e7", world.submitted.get(0).target().orElseThrow());
        assertEquals("disk.usage", world.submitted.get(0).skill());
        assertEquals(World.ALPHA, world.submitted.get(0).source());
        assertEquals(1, world.submitted.get(0).depth());
        assertTrue(world.submitted.get(0).ttl().compareTo(TIME) <= 0);
    }

    @Test
    void all_calls_of_a_question_belong_to_its_trace() throws Exception {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        agent.use(
                script(
                        calls(
                                call("1", "disk_usage", "{\"path\":\"/\"}"),
                                call("2", "disk_usage", "{\"path\":\"/\",\"agent\":\"edge-7\"}")),
                        request -> AiMessage.from("done")));
        agent.ask(
                        new Agent.Question(
                                "how much?",
                                TIME,
                                "",
                                "",
                                null,
                                0,
                                List.of(),
                                List.of(),
                                trace,
                                "",
                                List.of()),
                        null)
                .get(60, TimeUnit.SECONDS);
        assertEquals(2, world.submitted.size());
        world.submitted.forEach(request -> assertEquals(trace, request.options().traceparent()));
    }

    @Test
    void main_job_with_the_offline_default() throws Exception {
        Answer answer = ask(new RuleModel(), "how much space is free on edge-7?");
        assertEquals("rules", answer.model());
        assertTrue(
                answer.text().contains("disk_usage on edge-7:\n  free_bytes: 700"), answer.text());
        Answer all = ask(new RuleModel(), "how much space is free on every host?");
        assertTrue(
                all.text().contains("on alpha:\n  free_bytes: 100")
                        && all.text().contains("on edge-7:\n  free_bytes: 700"),
                all.text());
        assertEquals(2, all.steps().size());
        Answer unknown = ask(new RuleModel(), "how much space is free on beta?");
        assertTrue(
                unknown.text().contains("not offered on beta") && unknown.steps().isEmpty(),
                unknown.text());
    }

    @Test
    void tells_the_model_what_it_must_know() throws Exception {
        Path file = folder.resolve("AGENT.md");
        Files.writeString(file, "Speak like {{current_date}} a $1 sailor \\ {{nobody}}.");
        agent = world.agent(blocking, timer, "Be brief.", file.toString(), 4);
        AtomicReference<ChatRequest> seen = new AtomicReference<>();
        ask(
                script(
                        request -> {
                            seen.set(request);
                            return AiMessage.from("ok");
                        }),
                "what is {{it}} and {{current_date}}?");
        String system = ((SystemMessage) seen.get().messages().get(0)).text();
        assertTrue(
                system.contains("host alpha")
                        && system.contains("Be brief.")
                        && system.endsWith(
                                "Speak like {{current_date}} a $1 sailor \\ {{nobody}}."),
                system);
        assertEquals(
                "what is {{it}} and {{current_date}}?",
                ((UserMessage) seen.get().messages().get(1)).singleText());
        assertEquals(1, seen.get().toolSpecifications().size());
        Files.writeString(file, "New words.");
        ask(
                script(
                        request -> {
                            seen.set(request);
                            return AiMessage.from("ok");
                        }),
                "again");
        assertTrue(((SystemMessage) seen.get().messages().get(0)).text().endsWith("New words."));
        Files.delete(file);
        assertEquals("ok", ask(script(says("ok")), "again").text());
    }

    @Test
    void parallel_calls_run_at_the_same_time_and_keep_their_order() throws Exception {
        CyclicBarrier both = new CyclicBarrier(2);
        world.body =
                request -> {
                    both.await(60, TimeUnit.SECONDS);
                    return JsonNodeFactory.instance.textNode(request.target().orElse("?"));
                };
        Answer answer =
                ask(
                        script(
                                calls(
                                        call(
                                                "1",
                                                "disk_usage",
                                                "{\"path\":\"/\",\"agent\":\"alpha\"}"),
                                        call(
                                                "2",
                                                "disk_usage",
                                                "{\"path\":\"/\",\"agent\":\"edge-7\"}")),
                                request ->
                                        AiMessage.from(
                                                result(request, 2).text()
                                                        + result(request, 1).text())),
                        "both");
        assertEquals(
                "{\"agent\":\"alpha\",\"result\":\"agent-a1\"}{\"agent\":\"edge-7\",\"result\":\"agent-e7\"}",
                answer.text());
        assertEquals(2, answer.steps().size());
    }

    @Test
    void with_no_thread_to_spare_calls_go_one_after_another() throws Exception {
        ThreadPoolExecutor one =
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        try {
            agent = world.agent(one, timer, "", "", 4);
            Answer answer =
                    ask(
                            script(
                                    calls(
                                            call("1", "disk_usage", "{\"path\":\"/\"}"),
                                            call("2", "disk_usage", "{\"path\":\"/a\"}")),
                                    says("done")),
                            "both");
            assertEquals(2, answer.steps().size());
        } finally {
            one.shutdownNow();
            assertTrue(one.awaitTermination(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void errors_are_told_to_the_model_and_recorded() throws Exception {
        world.body =
                request -> {
                    throw new TaskException("agent_offline", "edge-7 is offline since noon");
                };
        Answer answer =
                ask(
                        script(
                                calls(
                                        call(
                                                "1",
                                                "disk_usage",
                                                "{\"path\":\"/\",\"agent\":\"edge-7\"}")),
                                calls(
                                        call(
                                                "2",
                                                "disk_usage",
                                                "{\"path\":\"/\",\"agent\":\"mars\"}"),
                                        call("3", "disk_usage", "[not an object")),
                                calls(call("4", "no_such_tool", "{}")),
                                request -> {
                                    StringBuilder told = new StringBuilder();
                                    request.messages().stream()
                                            .filter(ToolExecutionResultMessage.class::isInstance)
                                            .forEach(
                                                    message ->
                                                            told.append(
                                                                            ((ToolExecutionResultMessage)
                                                                                            message)
                                                                                    .text())
                                                                    .append('\n'));
                                    return AiMessage.from(told.toString());
                                }),
                        "try");
        assertTrue(answer.text().contains("edge-7 is offline since noon"), answer.text());
        assertTrue(
                answer.text()
                        .contains("mars does not offer this tool; it is offered by alpha, edge-7"),
                answer.text());
        assertTrue(answer.text().contains("must be one JSON object"), answer.text());
        assertTrue(
                answer.text().contains("no tool 'no_such_tool'; there are: disk_usage"),
                answer.text());
        assertEquals(4, answer.steps().size());
        assertTrue(
                answer.steps().stream()
                        .allMatch(step -> step.error() != null && step.output() == null));
        assertEquals(1, world.submitted.size());
    }

    @Test
    void a_long_result_is_cut_with_a_note() throws Exception {
        world.body = request -> JsonNodeFactory.instance.textNode("x".repeat(100_000));
        Answer answer =
                ask(
                        script(
                                calls(call("1", "disk_usage", "{\"path\":\"/\"}")),
                                request -> AiMessage.from(result(request, 1).text())),
                        "long");
        JsonNode told = World.JSON.readTree(answer.text());
        assertEquals(32 << 10, told.get("part").asText().length());
        assertTrue(told.get("note").asText().contains("100002"));
        assertEquals(100_000, answer.steps().get(0).output().asText().length());
    }

    @Test
    void stops_after_max_turns() throws Exception {
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/\"}"))));
        TaskException failure = failure(agent.ask("for ever", TIME, null));
        assertEquals("too_many_turns", failure.error().code());
        assertTrue(
                failure.getMessage().contains("4 turns")
                        && failure.getMessage().contains("max_turns"),
                failure.getMessage());
        assertEquals(4, world.submitted.size());
    }

    @Test
    void cancel_interrupts_the_model() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        agent.use(
                script(
                        request -> {
                            asked.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                                throw new IllegalStateException(e);
                            }
                            return AiMessage.from("never");
                        }));
        CompletableFuture<Answer> answer = agent.ask("wait", TIME, null);
        assertTrue(asked.await(60, TimeUnit.SECONDS));
        assertTrue(answer.cancel(true));
        assertTrue(interrupted.await(60, TimeUnit.SECONDS));
    }

    @Test
    void cancel_stops_every_running_task() throws Exception {
        CountDownLatch started = new CountDownLatch(2);
        CountDownLatch stopped = new CountDownLatch(2);
        world.body =
                request -> {
                    started.countDown();
                    try {
                        new CountDownLatch(1).await();
                        return null;
                    } finally {
                        stopped.countDown();
                    }
                };
        AtomicBoolean again = new AtomicBoolean();
        agent.use(
                script(
                        calls(
                                call("1", "disk_usage", "{\"path\":\"/\"}"),
                                call("2", "disk_usage", "{\"path\":\"/\",\"agent\":\"edge-7\"}")),
                        request -> {
                            again.set(true);
                            return AiMessage.from("never");
                        }));
        CompletableFuture<Answer> answer = agent.ask("wait", TIME, null);
        assertTrue(started.await(60, TimeUnit.SECONDS));
        answer.cancel(true);
        assertTrue(stopped.await(60, TimeUnit.SECONDS));
        assertEquals(
                List.of("task-1", "task-2"), world.canceled.stream().distinct().sorted().toList());
        assertFalse(again.get());
    }

    @Test
    void a_deadline_ends_model_and_tasks() throws Exception {
        HandRung alarms = new HandRung();
        agent = world.agent(blocking, alarms, "", "", 4);
        CountDownLatch asked = new CountDownLatch(2);
        world.body =
                request -> {
                    asked.countDown();
                    new CountDownLatch(1).await();
                    return null;
                };
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/\"}"))));
        CompletableFuture<Answer> answer = agent.ask("slow", Duration.ofMinutes(5), null);
        await().atMost(TIME).until(() -> asked.getCount() == 1);
        alarms.ring(Duration.ofMinutes(5));
        TaskException failure = failure(answer);
        assertEquals("deadline_exceeded", failure.error().code());
        assertTrue(failure.getMessage().contains("300.0 s"), failure.getMessage());
        await().atMost(TIME).until(() -> world.canceled.contains("task-1"));
        agent.use(script(hangs(asked)));
        answer = agent.ask("slow", Duration.ofMinutes(5), null);
        assertTrue(asked.await(60, TimeUnit.SECONDS));
        alarms.ring(Duration.ofMinutes(5));
        assertEquals("deadline_exceeded", failure(answer).error().code());
        alarms.shutdownNow();
    }

    @Test
    void a_deadline_comes_by_itself() {
        agent.use(script(hangs(new CountDownLatch(1))));
        assertEquals(
                "deadline_exceeded",
                failure(agent.ask("slow", Duration.ofMillis(200), null)).error().code());
    }

    /** Says that it was asked, and never answers. */
    private static Function<ChatRequest, AiMessage> hangs(CountDownLatch asked) {
        return request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return null;
        };
    }

    /** A timer whose last alarm rings when the test says so, and not before something has begun that it is to end. */
    private static final class HandRung extends ScheduledThreadPoolExecutor {
        private volatile Runnable last;
        private volatile Duration after;

        HandRung() {
            super(1);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable alarm, long delay, TimeUnit unit) {
            last = alarm;
            after = Duration.of(delay, unit.toChronoUnit());
            return super.schedule(alarm, delay, unit);
        }

        void ring(Duration due) {
            assertEquals(due, after);
            last.run();
        }
    }

    @Test
    void stopping_the_agent_ends_its_prompts() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        agent.use(script(hangs(asked)));
        CompletableFuture<Answer> answer = agent.ask("wait", TIME, null);
        assertTrue(asked.await(60, TimeUnit.SECONDS));
        agent.stop();
        assertEquals("canceled", failure(answer).error().code());
    }

    @Test
    void bad_prompts_are_refused() {
        agent.use(script(says("never")));
        for (String prompt : new String[] {null, "", "  ", "x".repeat((64 << 10) + 1)}) {
            assertEquals("bad_arguments", failure(agent.ask(prompt, TIME, null)).error().code());
        }
        assertEquals("bad_arguments", failure(agent.ask("hi", Duration.ZERO, null)).error().code());
    }

    @Test
    void the_longest_prompt_is_answered_and_a_missing_timeout_is_the_default() throws Exception {
        agent.use(script(says("ok")));
        assertEquals(
                "ok", agent.ask("x".repeat(64 << 10), null, null).get(60, TimeUnit.SECONDS).text());
    }

    @Test
    void without_a_model_it_says_what_to_do() {
        TaskException failure = failure(agent.ask("hi", TIME, null));
        assertEquals("no_model", failure.error().code());
        assertTrue(failure.getMessage().contains("dev.weft.llm.router"));
    }

    @Test
    void a_model_that_fails_is_named() {
        agent.use(
                script(
                        request -> {
                            throw new IllegalStateException("no LLM provider answered");
                        }));
        TaskException failure = failure(agent.ask("hi", TIME, null));
        assertEquals("model_failed", failure.error().code());
        assertTrue(failure.getMessage().contains("no LLM provider answered"));
        agent.use(
                new ChatModel() {
                    @Override
                    public ChatResponse doChat(ChatRequest request) {
                        throw new NoClassDefFoundError("dev/weft/Gone");
                    }
                });
        assertEquals("model_failed", failure(agent.ask("hi", TIME, null)).error().code());
    }

    @Test
    void a_full_host_says_busy() {
        ThreadPoolExecutor none =
                new ThreadPoolExecutor(0, 1, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        none.shutdown();
        agent = world.agent(none, timer, "", "", 4);
        agent.use(script(says("ok")));
        assertEquals("busy", failure(agent.ask("hi", TIME, null)).error().code());
    }

    @Test
    void a_listener_that_fails_harms_nothing() throws Exception {
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/\"}")), says("ok")));
        assertEquals(
                "ok",
                agent.ask(
                                "hi",
                                TIME,
                                step -> {
                                    throw new IllegalStateException("listener");
                                })
                        .get(60, TimeUnit.SECONDS)
                        .text());
    }
}
