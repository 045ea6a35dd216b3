package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.Inbox;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskAnswer;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.api.task.Tasks;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Tasks: of this host's engine, and those that wait in the registry's inbox. */
final class TaskResource implements Resource {
    private static final Set<Role> READERS = Route.roles(ADMIN, OPERATOR, VIEWER, AGENT);
    private static final int MOST = 1000;
    private final Rooms rooms;
    private final HostIdentity identity;
    private final InboxWait waiting;

    TaskResource(Rooms rooms, HostIdentity identity, InboxWait waiting) {
        this.rooms = rooms;
        this.identity = identity;
        this.waiting = waiting;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/hub/tasks",
                        "Submit a task; with wait (seconds) the answer is the task once it is final",
                        Route.roles(ADMIN, OPERATOR, AGENT),
                        this::submit),
                Route.get(
                        "/api/hub/tasks",
                        "Tasks by state, skill and agent, newest first",
                        READERS,
                        this::list),
                Route.get("/api/hub/tasks/all", "All tasks, newest first", READERS, this::list),
                Route.get("/api/hub/tasks/{id}", "One task", READERS, this::find),
                Route.post(
                        "/api/hub/tasks/{id}",
                        "The assigned agent reports {state, result, error}",
                        Route.roles(AGENT),
                        this::report),
                Route.post(
                        "/api/hub/tasks/{id}/cancel",
                        "Stop a task",
                        Route.roles(ADMIN, OPERATOR),
                        this::cancel),
                Route.post(
                        "/api/hub/tasks/{id}/input",
                        "Answer what a task asks: {answer}, or {approve} for a call that needs approval",
                        Route.roles(ADMIN, OPERATOR),
                        this::input),
                Route.post(
                        "/api/hub/tasks/{id}/retry",
                        "Submit a task that did not complete once more, as a new task",
                        Route.roles(ADMIN, OPERATOR),
                        this::retry));
    }

    private CompletionStage<Reply> submit(Call call) {
        JsonNode body = call.json();
        String skill = Call.text(body, "skill");
        String target = Call.text(body, "target_agent_id");
        long ttl = Math.round(Call.number(body, "ttl", 300, 1, 604_800));
        double wait = Call.number(body, "wait", 0, 0, 3600);
        JsonNode payload =
                body.path("payload").isMissingNode() || body.path("payload").isNull()
                        ? Wire.object()
                        : body.path("payload");
        if (!payload.isObject()) {
            throw ApiException.bad(
                    "bad_payload", "\"payload\" must be an object: the arguments by name");
        }
        Tasks tasks = rooms.tasks;
        if (call.caller().is(AGENT) || tasks == null) {
            Inbox inbox = rooms.inbox();
            String source =
                    call.caller().is(AGENT)
                            ? self(call, Call.text(body, "source_agent_id"))
                            : identity.agentId().value();
            Inbox.Entry task =
                    inbox.submit(
                            new Inbox.Submission(
                                    skill,
                                    target,
                                    source,
                                    payload,
                                    ttl,
                                    RequestId.traceparent(call.header(RequestId.TRACE), call.id()),
                                    call.id()));
            call.about(skill + " " + task.id());
            if (wait <= 0) {
                return Reply.ok(Wire.object().put("task_id", task.id()));
            }
            Duration patience = Duration.ofMillis((long) (wait * 1000));
            call.patience(patience);
            return waiting.end(inbox, task, patience)
                    .thenApply(
                            ended ->
                                    Reply.json(200, TaskJson.of(ended).put("task_id", ended.id())));
        }
        if (skill.isBlank() || skill.length() > 129) {
            throw ApiException.bad(
                    "bad_task", "\"skill\" must name a skill, or a tool as skill.tool");
        }
        Optional<String> wanted = Optional.of(target).filter(name -> !name.isEmpty());
        TaskHandle handle =
                tasks.submit(
                        new TaskRequest(
                                skill,
                                payload,
                                wanted,
                                identity.agentId(),
                                Duration.ofSeconds(ttl),
                                0,
                                options(call, body)));
        call.about(skill + " " + handle.task().id());
        return wait <= 0 ? taken(handle) : waitFor(call, handle, wait);
    }

    private static TaskRequest.Options options(Call call, JsonNode body) {
        String key = Call.text(body, "idempotency_key");
        String header = call.header("Idempotency-Key");
        String priority = Call.text(body, "priority");
        try {
            return new TaskRequest.Options(
                    flag(body, "durable", true),
                    key.isEmpty() && header != null ? header : key,
                    flag(body, "later", false),
                    priority.isEmpty()
                            ? TaskRequest.Priority.NORMAL
                            : TaskRequest.Priority.valueOf(priority.toUpperCase(Locale.ROOT)),
                    RequestId.traceparent(call.header(RequestId.TRACE), call.id()));
        } catch (IllegalArgumentException e) {
            throw ApiException.bad("bad_priority", "\"priority\" must be low, normal or high");
        }
    }

    private static boolean flag(JsonNode body, String member, boolean otherwise) {
        JsonNode value = body.path(member);
        if (!value.isMissingNode() && !value.isNull() && !value.isBoolean()) {
            throw ApiException.bad("bad_" + member, "\"" + member + "\" must be true or false");
        }
        return value.asBoolean(otherwise);
    }

    /** Says that a task is accepted once a crash of this host cannot lose it. */
    private static CompletionStage<Reply> taken(TaskHandle handle) {
        return handle.accepted().thenApply(task -> Reply.json(200, withId(handle.task())));
    }

    private static CompletionStage<Reply> waitFor(Call call, TaskHandle handle, double wait) {
        call.patience(Duration.ofMillis((long) (wait * 1000)));
        // A copy, so that our time-out leaves the engine's own future alone.
        CompletableFuture<Task> done =
                handle.done()
                        .copy()
                        .completeOnTimeout(null, (long) (wait * 1000), TimeUnit.MILLISECONDS);
        return done.thenApply(task -> Reply.json(200, withId(task == null ? handle.task() : task)));
    }

    /** An agent is itself; one of the reference may be known by two ids, and says which. */
    private static String self(Call call, String named) {
        return call.caller().speaksFor(named) ? named : call.caller().agent().value();
    }

    private static ObjectNode withId(Task task) {
        return TaskJson.of(task).put("task_id", task.id());
    }

    private CompletionStage<Reply> list(Call call) {
        String state = call.query("state");
        String skill = call.query("skill");
        String agent = call.query("agent");
        String trace = call.query("trace");
        List<ObjectNode> all = new ArrayList<>();
        if (rooms.tasks == null) {
            rooms.inbox(); // one of the two must be here
        }
        Optional.ofNullable(rooms.tasks)
                .ifPresent(
                        tasks ->
                                tasks.list(MOST)
                                        .forEach(task -> all.add(seen(call, TaskJson.of(task)))));
        Optional.ofNullable(rooms.inbox)
                .ifPresent(inbox -> inbox.list(MOST).forEach(entry -> all.add(TaskJson.of(entry))));
        List<ObjectNode> chosen =
                all.stream()
                        .filter(
                                task ->
                                        state.isEmpty()
                                                || state.equals(task.path("state").asText()))
                        .filter(
                                task ->
                                        skill.isEmpty()
                                                || skill.equals(task.path("skill").asText()))
                        .filter(task -> agent.isEmpty() || TaskJson.concerns(task, agent::equals))
                        .filter(task -> trace.isEmpty() || trace.equals(TaskJson.trace(task)))
                        .filter(task -> mayRead(call, task))
                        .sorted(
                                Comparator.comparingDouble(
                                                (ObjectNode task) ->
                                                        task.path("created_at").asDouble())
                                        .reversed())
                        .toList();
        if (!trace.isEmpty() && rooms.tasks != null) {
            chosen.forEach(
                    task -> TaskJson.addSteps(task, rooms.tasks.trace(task.path("id").asText())));
        }
        return Page.of(call, chosen, task -> task.path("id").asText());
    }

    private CompletionStage<Reply> find(Call call) {
        String id = call.path("id");
        Optional<ObjectNode> engine =
                Optional.ofNullable(rooms.tasks)
                        .flatMap(
                                tasks ->
                                        tasks.find(id)
                                                .map(
                                                        task ->
                                                                TaskJson.traced(
                                                                        task, tasks.trace(id))));
        Optional<ObjectNode> kept =
                Optional.ofNullable(rooms.inbox).flatMap(inbox -> inbox.find(id)).map(TaskJson::of);
        // A task that this host took from its own inbox is known twice; an agent gave it to the
        // inbox.
        ObjectNode task =
                (call.caller().is(AGENT) ? kept.or(() -> engine) : engine.or(() -> kept))
                        .orElseThrow(() -> unknown(id));
        if (!mayRead(call, task)) {
            throw unknown(id); // whether others have such a task is not for an agent to know
        }
        return Reply.ok(seen(call, task));
    }

    private static ObjectNode seen(Call call, ObjectNode task) {
        return call.caller().is(AGENT) ? TaskJson.forAgents(task) : task;
    }

    private static boolean mayRead(Call call, ObjectNode task) {
        return !call.caller().is(AGENT) || TaskJson.concerns(task, call.caller()::speaksFor);
    }

    private static ApiException unknown(String id) {
        return ApiException.notFound("no task " + Wire.quote(id) + " is known here");
    }

    private CompletionStage<Reply> report(Call call) {
        JsonNode body = call.json();
        JsonNode result = body.path("result");
        String text =
                result.isMissingNode() || result.isNull()
                        ? ""
                        : result.isTextual() ? result.textValue() : Wire.write(result);
        Inbox inbox =
                rooms.need(
                        rooms.inbox, "this host is not a registry: it keeps no tasks for others");
        String assigned = inbox.find(call.path("id")).map(Inbox.Entry::assigned).orElse("");
        return Reply.ok(
                TaskJson.of(
                        inbox.update(
                                        call.path("id"),
                                        new AgentId(self(call, assigned)),
                                        Call.required(body, "state"),
                                        text,
                                        Call.text(body, "error"))
                                .orElseThrow(
                                        () ->
                                                ApiException.notFound(
                                                        "no task "
                                                                + Wire.quote(call.path("id"))
                                                                + " waits here"))));
    }

    private CompletionStage<Reply> cancel(Call call) {
        String id = call.path("id");
        Tasks tasks = rooms.need(rooms.tasks, "this host runs no tasks");
        if (tasks.cancel(id)) {
            return Reply.ok(
                    tasks.find(id)
                            .map(TaskJson::of)
                            .orElseGet(
                                    () ->
                                            Wire.object()
                                                    .put("id", id)
                                                    .put("state", TaskState.CANCELED.wireName())));
        }
        if (tasks.find(id).isPresent()) {
            throw new ApiException(
                    409, "illegal_state", "the task is final: there is nothing to stop");
        }
        if (rooms.inbox != null && rooms.inbox.find(id).isPresent()) {
            throw new ApiException(
                    409,
                    "illegal_state",
                    "the task waits for another agent or is with it; it ends with its ttl");
        }
        throw ApiException.notFound("no task " + Wire.quote(id) + " is known here");
    }

    private CompletionStage<Reply> input(Call call) {
        JsonNode body = call.json();
        Tasks tasks = rooms.need(rooms.tasks, "this host runs no tasks");
        Optional<String> text =
                Optional.of(body.path("answer")).filter(JsonNode::isTextual).map(JsonNode::asText);
        Optional<Boolean> approval =
                body.has("approve") ? Optional.of(flag(body, "approve", false)) : Optional.empty();
        String by = call.caller().principal().subject();
        call.about(call.path("id"));
        return Reply.ok(
                TaskJson.of(tasks.answer(call.path("id"), new TaskAnswer(text, approval, by))));
    }

    private CompletionStage<Reply> retry(Call call) {
        Tasks tasks = rooms.need(rooms.tasks, "this host runs no tasks");
        Task task = tasks.find(call.path("id")).orElseThrow(() -> unknown(call.path("id")));
        if (!task.state().isFinal() || task.state() == TaskState.COMPLETED) {
            throw new ApiException(
                    409,
                    "illegal_state",
                    "the task is " + task.state().wireName() + ": there is nothing to retry");
        }
        String skill = task.tool().isEmpty() ? task.skill() : task.skill() + "." + task.tool();
        TaskHandle handle =
                tasks.submit(
                        new TaskRequest(
                                skill,
                                task.input(),
                                Optional.ofNullable(task.target()).map(AgentId::value),
                                identity.agentId(),
                                Duration.between(task.created(), task.deadline()),
                                0,
                                TaskRequest.Options.DURABLE));
        call.about(skill + " " + handle.task().id());
        return taken(handle);
    }
}
