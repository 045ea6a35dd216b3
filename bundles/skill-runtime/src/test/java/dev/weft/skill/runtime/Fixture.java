package dev.weft.skill.runtime;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.TaskException;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A runtime with what it needs around it. */
final class Fixture {
    static final ObjectMapper JSON = new ObjectMapper();
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> emitted = new CopyOnWriteArrayList<>();
    final SkillRuntime runtime =
            new SkillRuntime(
                    new Switches(java.util.Set.of("off"), null),
                    new Events() {
                        @Override
                        public void publish(String type, Object data) {
                            JsonNode node = JSON.valueToTree(data);
                            events.add(
                                    type
                                            + " "
                                            + node.path("id").asText()
                                            + " "
                                            + node.path("version").asText());
                        }

                        @Override
                        public Subscription subscribe(long after, Consumer<Event> subscriber) {
                            throw new UnsupportedOperationException();
                        }
                    });

    static Fixture with(SkillService skill) {
        Fixture fixture = new Fixture();
        fixture.runtime.addSkill(new FakeReference(1, "1.0.0", 0), skill);
        return fixture;
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text.replace('\'', '"'));
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode schema(String id, String tool) {
        return runtime.find(id).orElseThrow().tool(tool).orElseThrow().schema();
    }

    JsonNode call(String name, String input) throws InterruptedException {
        return call(name, input, Duration.ofMinutes(1));
    }

    JsonNode call(String name, String input, Duration limit) throws InterruptedException {
        try (Skills.Call call = runtime.prepare(name, json(input))) {
            return call.run(context(limit));
        }
    }

    String error(String name, String input) {
        try {
            JsonNode result = call(name, input);
            throw new AssertionError("no error but " + result);
        } catch (TaskException e) {
            return e.error().code() + " | " + e.error().message();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    TaskContext context(Duration limit) {
        Instant deadline = Instant.now().plus(limit);
        return new TaskContext() {
            @Override
            public String taskId() {
                return "t-1";
            }

            @Override
            public String caller() {
                return "agent-1";
            }

            @Override
            public Instant deadline() {
                return deadline;
            }

            @Override
            public boolean isCanceled() {
                return false;
            }

            @Override
            public void progress(double fraction, String note) {}

            @Override
            public void emit(String text) {
                emitted.add(text);
            }

            @Override
            public String idempotencyKey() {
                return "k-1";
            }

            @Override
            public int attempt() {
                return 1;
            }

            @Override
            public String ask(String question, String... choices) {
                throw new UnsupportedOperationException();
            }
        };
    }
}
