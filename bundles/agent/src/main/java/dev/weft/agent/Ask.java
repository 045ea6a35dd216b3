package dev.weft.agent;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.agent.Agent.Listener;
import dev.weft.api.agent.Agent.Question;
import dev.weft.api.agent.Agent.Step;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskException;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.api.task.Trace;
import dev.weft.protocol.AgentId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One prompt on its way to an answer: its deadline, the tasks that run for it, the steps so far. */
final class Ask {
    private static final Logger log = LoggerFactory.getLogger(Ask.class);
    private static final Duration SHORTEST_TASK = Duration.ofSeconds(1);

    private final Tasks tasks;
    private final Watch watch;
    private final AgentId source;
    private final long deadline;
    private final Duration timeout;
    private final int depth;
    private final String traceparent;
    private final String key;
    private final Map<String, Integer> doings = new ConcurrentHashMap<>();
    private final Listener listener;
    private final List<Step> steps = new ArrayList<>();
    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<TaskException> stopped = new CompletableFuture<>();

    /** Starts the clock.
     * @param tasks carries out tool calls
     * @param watch tells of tool calls that wait for a person
     * @param source who asks: this host's agent, or the peer that it works for
     * @param timeout for everything
     * @param question its depth, trace and key count
     * @param listener hears each step; may be null */
    Ask(
            Tasks tasks,
            Watch watch,
            AgentId source,
            Duration timeout,
            Question question,
            Listener listener) {
        this.tasks = tasks;
        this.watch = watch;
        this.source = source;
        this.timeout = timeout;
        this.deadline = System.nanoTime() + timeout.toNanos();
        this.depth = question.depth();
        this.traceparent = question.traceparent();
        this.key = question.key();
        this.listener = listener;
    }

    /** Ends the work: what runs is canceled, nothing new starts.
     * @param reason what {@link #check} throws from now on */
    void stop(TaskException reason) {
        if (stopped.complete(reason)) {
            running.forEach(tasks::cancel);
        }
    }

    /** Throws if there is no point in going on.
     * @throws TaskException the reason of {@link #stop}, or {@code deadline_exceeded} */
    void check() {
        if (stopped.isDone()) {
            throw stopped.join();
        }
        if (remaining() <= 0) {
            throw late();
        }
    }

    /** The error of a prompt whose time is up.
     * @return says how long it had */
    TaskException late() {
        return new TaskException(
                "deadline_exceeded",
                "there was no answer within "
                        + timeout.toMillis() / 1000.0
                        + " s; allow more time or ask for less at once");
    }

    /** Carries out one tool call and waits for its end.
     * @param tool {@code skill.tool}
     * @param input arguments
     * @param target who does it; empty to let the engine choose
     * @return the final task
     * @throws TaskException if the prompt was given up or its time is up */
    Task run(String tool, JsonNode input, Optional<AgentId> target) {
        check();
        Waiting waiting = new Waiting(this, tool, input);
        watch.begin();
        try {
            Task task =
                    tasks.call(
                            request(tool, input, target), handle -> follow(handle.task(), waiting));
            if (task.state() != TaskState.COMPLETED) {
                check();
                if (Thread.currentThread().isInterrupted()) {
                    throw new TaskException("canceled", "the prompt was given up");
                }
            }
            return task;
        } finally {
            watch.end();
            waiting.end();
            watch.remove(waiting.task());
            running.remove(waiting.task());
        }
    }

    private void follow(Task task, Waiting waiting) {
        waiting.of(task.id());
        running.add(task.id());
        if (stopped.isDone()) {
            tasks.cancel(task.id()); // just before it was known to run
        }
        watch.add(task.id(), waiting);
        waiting.look(task); // before it was watched
    }

    private TaskRequest request(String tool, JsonNode input, Optional<AgentId> target) {
        Duration left = Duration.ofNanos(remaining());
        String call = key(tool, input, target.map(AgentId::value).orElse(""));
        return new TaskRequest(
                tool,
                input,
                target.map(AgentId::value),
                source,
                left.compareTo(SHORTEST_TASK) < 0 ? SHORTEST_TASK : left,
                depth + 1,
                new TaskRequest.Options(
                        !call.isEmpty(), call, false, TaskRequest.Priority.NORMAL, traceparent));
    }

    /** Names a call of this question: the same when the question is asked again and the model, which is not, decides the same.
     * @param tool what is called
     * @param input with which arguments
     * @param target where
     * @return "" if the question has no key */
    String key(String tool, JsonNode input, String target) {
        if (key.isEmpty()) {
            return "";
        }
        // Equal calls differ by their number only: which of them is which does not matter.
        String call = key + "/" + tool + "/" + target + "/" + input;
        int times = doings.merge(call, 1, Integer::sum);
        return UUID.nameUUIDFromBytes((call + "/" + times).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** Tells whoever listens what the model says.
     * @param text a piece of it */
    synchronized void say(String text) {
        try {
            if (listener != null) {
                listener.onText(text);
            }
        } catch (RuntimeException e) {
            log.warn("A listener to the agent's words failed: {}", e.toString());
        }
    }

    /** Whether someone wants to hear the model while it speaks. */
    boolean isHeard() {
        return listener != null;
    }

    int depth() {
        return depth;
    }

    /** Who asks. */
    AgentId source() {
        return source;
    }

    /** The trace that all of this belongs to; "" for none. */
    String traceparent() {
        return traceparent;
    }

    /** Notes that another host's agent does a part of this. */
    Trace.Part handOn(AgentId peer) {
        return tasks.part(traceparent, peer, true);
    }

    /** The time that is left.
     * @return may be negative */
    Duration left() {
        return Duration.ofNanos(remaining());
    }

    /** Records a step and tells whoever listens, one at a time.
     * @param step what was done */
    synchronized void record(Step step) {
        steps.add(step);
        try {
            if (listener != null) {
                listener.onStep(step);
            }
        } catch (RuntimeException e) {
            log.warn("A listener to the agent's steps failed: {}", e.toString());
        }
    }

    /** The steps so far.
     * @return a copy */
    synchronized List<Step> steps() {
        return List.copyOf(steps);
    }

    /** Why a task did not complete, in words.
     * @param task a final task
     * @return null if it completed */
    static String failure(Task task) {
        if (task.state() == TaskState.COMPLETED) {
            return null;
        }
        return task.error() == null
                ? "the task ended as " + task.state().wireName()
                : task.error().code() + ": " + task.error().message();
    }

    private long remaining() {
        return deadline - System.nanoTime();
    }
}
