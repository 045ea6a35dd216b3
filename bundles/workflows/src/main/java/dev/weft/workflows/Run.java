package dev.weft.workflows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.task.TaskException;
import dev.weft.skill.TaskContext;
import dev.weft.workflows.file.Reference;
import dev.weft.workflows.file.Workflow;
import dev.weft.workflows.file.Workflow.Step;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;

/** One run of a workflow. Branches that run at once share what is known; it is read and written under one lock. */
final class Run {
    private final Workflow workflow;
    private final Steps steps;
    private final TaskContext task;
    private final Map<String, Integer> doings = new HashMap<>();
    private final ObjectNode scope = JsonNodeFactory.instance.objectNode();

    Run(Workflow workflow, Steps steps, ObjectNode input, TaskContext task) {
        this.workflow = workflow;
        this.steps = steps;
        this.task = task;
        scope.set("input", input);
        scope.putObject("steps");
    }

    JsonNode result() throws InterruptedException {
        JsonNode last = JsonNodeFactory.instance.nullNode();
        int done = 0;
        for (Step step : workflow.steps()) {
            task.progress((double) done++ / workflow.steps().size(), step.id());
            last = run(step);
        }
        return workflow.result() == null ? last : filled(workflow.result());
    }

    private JsonNode run(Step step) throws InterruptedException {
        if (task.isCanceled()) {
            throw new InterruptedException("the workflow is no longer wanted");
        }
        JsonNode outcome = outcome(step);
        synchronized (scope) {
            ((ObjectNode) scope.get("steps")).set(step.id(), outcome);
        }
        return outcome;
    }

    private JsonNode outcome(Step step) throws InterruptedException {
        if (step instanceof Workflow.Parallel parallel) {
            return together(parallel);
        }
        if (step instanceof Workflow.Loop loop) {
            return repeated(loop);
        }
        try {
            return step instanceof Workflow.Call call
                    ? steps.call(
                            call,
                            (ObjectNode) filled(call.input()),
                            at(call.place()),
                            key(step),
                            task)
                    : supervised((Workflow.Supervise) step);
        } catch (TaskException e) {
            throw new TaskException(
                    e.error().code(), "step " + step.id() + ": " + e.error().message(), e);
        }
    }

    private JsonNode supervised(Workflow.Supervise step) throws InterruptedException {
        String goal = filled(JsonNodeFactory.instance.textNode(step.goal())).asText();
        return steps.supervise(goal, step, at(step.place()), key(step), task);
    }

    /** Names one doing of a step: the same for the same doing when the run is begun again. */
    private String key(Step step) {
        int times;
        synchronized (scope) {
            times = doings.merge(step.id(), 1, Integer::sum);
        }
        return UUID.nameUUIDFromBytes(
                        (task.idempotencyKey() + "/" + step.id() + "/" + times)
                                .getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private Workflow.Place at(Workflow.Place place) {
        return new Workflow.Place(
                filled(JsonNodeFactory.instance.textNode(place.agent())).asText(), place.label());
    }

    /** The first failure stops the others. */
    private JsonNode together(Workflow.Parallel parallel) throws InterruptedException {
        ExecutorCompletionService<JsonNode> branches =
                new ExecutorCompletionService<>(steps.blocking());
        Map<String, Future<JsonNode>> started = new LinkedHashMap<>();
        try {
            for (Step step : parallel.steps()) {
                started.put(step.id(), branches.submit(() -> run(step)));
            }
            for (int i = 0; i < started.size(); i++) {
                branches.take().get();
            }
            ObjectNode all = JsonNodeFactory.instance.objectNode();
            for (Map.Entry<String, Future<JsonNode>> branch : started.entrySet()) {
                all.set(branch.getKey(), branch.getValue().get());
            }
            return all;
        } catch (RejectedExecutionException e) {
            throw new TaskException("busy", "this host is too busy to run " + parallel.id(), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TaskException known
                    ? known
                    : new TaskException("skill_failed", String.valueOf(e.getCause()), e);
        } finally {
            started.values().forEach(branch -> branch.cancel(true));
        }
    }

    private JsonNode repeated(Workflow.Loop loop) throws InterruptedException {
        JsonNode last = JsonNodeFactory.instance.nullNode();
        for (int round = 0; round < loop.most(); round++) {
            for (Step step : loop.steps()) {
                last = run(step);
            }
            if (loop.until() != null && isTrue(filled(loop.until()))) {
                return last;
            }
        }
        if (loop.until() != null) {
            throw new TaskException(
                    "skill_failed",
                    "step "
                            + loop.id()
                            + ": not done after "
                            + loop.most()
                            + " rounds; raise at_most, or look at until");
        }
        return last;
    }

    private static boolean isTrue(JsonNode value) {
        return value.isTextual()
                ? List.of("true", "yes", "done")
                        .contains(value.textValue().strip().toLowerCase(java.util.Locale.ROOT))
                : value.asBoolean();
    }

    private JsonNode filled(JsonNode value) {
        synchronized (scope) {
            return Reference.fill(value, scope);
        }
    }
}
