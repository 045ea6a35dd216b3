package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.Task;
import dev.weft.api.task.TaskState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The tasks that are on their way, and the newest of those that are final, bounded by number and by size. Thread-safe. */
final class TaskTable {
    private record Finished(Task task, Timeline timeline, long weight) {}

    private final int maxFinished;
    private final long maxWeight;
    private final Map<String, Run> running = new LinkedHashMap<>();
    private final Map<String, Finished> finished = new LinkedHashMap<>();
    private long weight;

    TaskTable(int maxFinished, long maxWeight) {
        this.maxFinished = maxFinished;
        this.maxWeight = maxWeight;
    }

    synchronized boolean knows(String id) {
        return running.containsKey(id) || finished.containsKey(id);
    }

    /** Forgets a task that was refused, so that its id can be used again. */
    synchronized void forgetRefused(String id) {
        Finished entry = finished.get(id);
        if (entry != null && entry.task.state() == TaskState.REJECTED) {
            finished.remove(id);
            weight -= entry.weight;
        }
    }

    synchronized void started(Run run) {
        running.put(run.task().id(), run);
    }

    synchronized void finished(Run run) {
        Task task = run.task();
        running.remove(task.id());
        Finished entry = new Finished(task, run.timeline(), weigh(task));
        finished.put(task.id(), entry);
        weight += entry.weight;
        // the newest stays, however large: its caller may be about to ask for it
        Iterator<Finished> oldest = finished.values().iterator();
        while (finished.size() > 1 && (finished.size() > maxFinished || weight > maxWeight)) {
            weight -= oldest.next().weight;
            oldest.remove();
        }
    }

    synchronized Optional<Run> running(String id) {
        return Optional.ofNullable(running.get(id)).filter(run -> !run.isFinal());
    }

    synchronized Collection<Run> running() {
        return List.copyOf(running.values());
    }

    synchronized Optional<Task> find(String id) {
        Run run = running.get(id);
        return run != null
                ? Optional.of(run.task())
                : Optional.ofNullable(finished.get(id)).map(Finished::task);
    }

    synchronized List<Task> newest(int limit) {
        List<Task> all = new ArrayList<>(running.size() + finished.size());
        finished.values().forEach(entry -> all.add(entry.task));
        running.values().forEach(run -> all.add(run.task()));
        all.sort(Comparator.comparing(Task::created).reversed());
        return List.copyOf(all.subList(0, Math.max(0, Math.min(limit, all.size()))));
    }

    synchronized Optional<Timeline> timeline(String id) {
        Run run = running.get(id);
        return run != null
                ? Optional.of(run.timeline())
                : Optional.ofNullable(finished.get(id)).map(Finished::timeline);
    }

    /** About how many bytes a task takes. */
    static long weigh(Task task) {
        return 512 + weigh(task.input()) + weigh(task.result());
    }

    /** About how many bytes a document takes. */
    static long weigh(JsonNode node) {
        if (node == null) {
            return 0;
        }
        long sum = node.isTextual() ? 48 + 2L * node.textValue().length() : 48;
        for (JsonNode child : node) {
            sum += weigh(child) + 32;
        }
        return sum;
    }
}
