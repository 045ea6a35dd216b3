package dev.weft.skill.bench;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.skill.Skills;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Measures what calls cost on this host. */
@Skill(
        id = "bench",
        title = "Benchmark",
        description =
                "Measures what calls of tools and of chat models cost on the host it runs on; for weft bench",
        permissions = Skill.LLM)
@Component(service = SkillService.class)
public final class Bench implements SkillService {
    /** How {@code echo} is called. */
    public enum Way {
        /** The Java method. */
        METHOD,
        /** Through the skill runtime. */
        RUNTIME,
        /** As a task that lives in memory. */
        TASK,
        /** As a task that is journaled. */
        DURABLE
    }

    private static final Duration LONGEST_CALL = Duration.ofSeconds(30);
    private static final ObjectNode INPUT =
            JsonNodeFactory.instance.objectNode().put("text", "one two three");

    private final Skills skills;
    private final Tasks tasks;
    private final HostIdentity self;
    private final Models models;

    /** Made by Declarative Services.
     * @param skills calls tools
     * @param tasks calls tools too
     * @param self this host
     * @param models the chat models */
    @Activate
    public Bench(
            @Reference Skills skills,
            @Reference Tasks tasks,
            @Reference HostIdentity self,
            @Reference Models models) {
        this.skills = skills;
        this.tasks = tasks;
        this.self = self;
        this.models = models;
    }

    /** Does nothing, which is what is measured.
     * @param text any
     * @return the same */
    @Tool("Returns the text it is given")
    public String echo(@P("any text") String text) {
        return text;
    }

    /** Times calls of {@link #echo}.
     * @param way how
     * @param calls how many, 1 to 100000
     * @param task tells when to stop
     * @return microseconds of each call, in order
     * @throws InterruptedException if the result is no longer wanted */
    @Tool(name = "tool_calls", value = "Times calls of a tool, in microseconds")
    public double[] toolCalls(
            @P("METHOD, RUNTIME, TASK or DURABLE") Way way,
            @P("how many, 1 to 100000") int calls,
            TaskContext task)
            throws InterruptedException {
        Timer.Call call =
                switch (way) {
                    case METHOD -> () -> echo("one two three");
                    case RUNTIME ->
                            () -> {
                                try (Skills.Call one = skills.prepare("bench.echo", INPUT)) {
                                    one.run(task);
                                }
                            };
                    case TASK -> () -> run(task, TaskRequest.Options.IN_MEMORY);
                    case DURABLE -> () -> run(task, TaskRequest.Options.DURABLE);
                };
        return new Timer(task).time(call, calls, 0);
    }

    /** Times calls of a model.
     * @param model which
     * @param calls how many, 1 to 100000
     * @param perSecond how fast
     * @param task tells when to stop
     * @return microseconds of each call, in order; -1 for one that failed
     * @throws InterruptedException if the result is no longer wanted */
    @Tool(
            name = "model_calls",
            value = "Times calls of a chat model, in microseconds; -1 for one that failed")
    public double[] modelCalls(
            @P("route:NAME or provider:ID") String model,
            @P("how many, 1 to 100000") int calls,
            @P(
                            name = "per_second",
                            value =
                                    "how many begin in a second, at an even rate; 0: as fast as it goes")
                    int perSecond,
            TaskContext task)
            throws InterruptedException {
        return new Timer(task).time(models.question(model)::get, calls, perSecond);
    }

    /** Asks a model.
     * @param model which
     * @return its answer */
    @Tool(name = "ask_model", value = "Asks a chat model one short question, returns the answer")
    public String askModel(@P("route:NAME or provider:ID") String model) {
        return models.question(model).get();
    }

    private void run(TaskContext task, TaskRequest.Options options) {
        Task done =
                tasks.call(
                        new TaskRequest(
                                "bench.echo",
                                INPUT,
                                Optional.of(self.agentId().value()),
                                self.agentId(),
                                LONGEST_CALL,
                                task.depth() + 1,
                                options),
                        handle -> {});
        if (done.state() != TaskState.COMPLETED) {
            throw new IllegalStateException(
                    "the task is "
                            + done.state().name().toLowerCase(Locale.ROOT)
                            + ": "
                            + done.error());
        }
    }
}
