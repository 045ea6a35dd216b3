package dev.weft.agent;

import static dev.weft.agent.World.call;
import static dev.weft.agent.World.calls;
import static dev.weft.agent.World.says;
import static dev.weft.agent.World.script;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.weft.api.agent.Agent.Answer;
import dev.weft.api.agent.Agent.Question;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A question with a key that is asked again takes the way that it took before. */
class DecisionsTest extends AgentTest {
    @BeforeEach
    void start() {
        world.data = folder;
        world.installed.add(World.disk());
        agent = world.agent(blocking, timer, "", "", 4);
    }

    /** The host comes back: nothing is known but what is on disk. */
    private void restart() {
        agent.stop();
        agent = world.agent(blocking, timer, "", "", 4);
    }

    private CompletableFuture<Answer> ask(String key) {
        return agent.ask(
                new Question(
                        "clean up",
                        TIME,
                        "",
                        "",
                        null,
                        0,
                        List.of(),
                        List.of(),
                        "",
                        key,
                        List.of()),
                null);
    }

    private List<String> keys() {
        return world.submitted.stream().map(request -> request.options().idempotencyKey()).toList();
    }

    private static ChatModel dies() {
        return script(
                calls(
                        call("1", "disk_usage", "{\"path\":\"/a\"}"),
                        call("2", "disk_usage", "{\"path\":\"/b\"}"),
                        call("3", "disk_usage", "{\"path\":\"/b\"}")),
                request -> {
                    throw new IllegalStateException("the host is killed here");
                });
    }

    private Path file() throws Exception {
        try (Stream<Path> files = Files.list(folder.resolve("agent-decisions"))) {
            return files.findFirst().orElseThrow();
        }
    }

    @Test
    void the_model_is_not_asked_again_and_its_calls_have_the_keys_they_had() throws Exception {
        agent.use(dies());
        assertThrows(ExecutionException.class, () -> ask("k").get(60, TimeUnit.SECONDS));
        List<String> before = keys().stream().sorted().toList();
        assertEquals(3, before.stream().distinct().count(), before::toString);
        assertTrue(world.submitted.stream().allMatch(one -> one.options().durable()));

        restart();
        world.submitted.clear();
        AtomicInteger asked = new AtomicInteger();
        agent.use(
                script(
                        request -> {
                            asked.incrementAndGet();
                            return AiMessage.from("clean");
                        }));
        Answer answer = ask("k").get(60, TimeUnit.SECONDS);
        assertEquals("clean", answer.text());
        assertEquals(1, asked.get());
        assertEquals(before, keys().stream().sorted().toList());
        assertEquals(3, answer.steps().size());

        restart();
        agent.use(script());
        assertEquals("clean", ask("k").get(60, TimeUnit.SECONDS).text());
    }

    @Test
    void another_key_and_no_key_are_other_questions() throws Exception {
        agent.use(dies());
        assertThrows(ExecutionException.class, () -> ask("k").get(60, TimeUnit.SECONDS));
        String first = keys().get(0);
        world.submitted.clear();
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/a\"}")), says("one")));
        assertEquals("one", ask("other").get(60, TimeUnit.SECONDS).text());
        assertNotEquals(first, keys().get(0));
        world.submitted.clear();
        agent.use(script(calls(call("1", "disk_usage", "{\"path\":\"/a\"}")), says("two")));
        assertEquals("two", ask("").get(60, TimeUnit.SECONDS).text());
        TaskRequest.Options options = world.submitted.get(0).options();
        assertFalse(options.durable() || !options.idempotencyKey().isEmpty());
    }

    @Test
    void a_line_that_was_cut_short_is_asked_for_again() throws Exception {
        agent.use(dies());
        assertThrows(ExecutionException.class, () -> ask("k").get(60, TimeUnit.SECONDS));
        Files.writeString(file(), "{\"model\":\"scr", StandardOpenOption.APPEND);
        restart();
        agent.use(script(says("clean")));
        assertEquals("clean", ask("k").get(60, TimeUnit.SECONDS).text());
        assertEquals(2, Files.readAllLines(file()).size());
    }

    @Test
    void the_same_question_at_once_is_one() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger asked = new AtomicInteger();
        agent.use(
                script(
                        request -> {
                            asked.incrementAndGet();
                            try {
                                go.await(60, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                            return AiMessage.from("once");
                        }));
        CompletableFuture<Answer> one = ask("k");
        CompletableFuture<Answer> two = ask("k");
        go.countDown();
        assertEquals("once", one.get(60, TimeUnit.SECONDS).text());
        assertEquals("once", two.get(60, TimeUnit.SECONDS).text());
        assertEquals(1, asked.get());
    }

    @Test
    void what_is_of_no_use_any_more_goes_and_a_long_key_is_refused() throws Exception {
        agent.use(script(says("x")));
        ask("k").get(60, TimeUnit.SECONDS);
        Files.setLastModifiedTime(
                file(), FileTime.from(Instant.now().minus(Duration.ofMinutes(61))));
        restart();
        try (Stream<Path> files = Files.list(folder.resolve("agent-decisions"))) {
            assertTrue(files.findAny().isEmpty());
        }
        agent.use(script(says("x")));
        ExecutionException refused =
                assertThrows(
                        ExecutionException.class,
                        () -> ask("k".repeat(129)).get(60, TimeUnit.SECONDS));
        assertEquals("bad_arguments", ((TaskException) refused.getCause()).error().code());
    }
}
