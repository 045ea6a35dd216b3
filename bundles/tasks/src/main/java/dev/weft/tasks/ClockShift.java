package dev.weft.tasks;

import dev.weft.api.task.TaskStep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How far another host's clock is from this one's, as told by causes: what a peer did for a request lies between the request and its answer.
 * Clocks that fit are left alone; else the middle of what fits is taken, so that no effect comes before its cause.
 */
final class ClockShift {
    private long earliest = Long.MIN_VALUE;
    private long latest = Long.MAX_VALUE;

    /** One more thing that the peer did.
     * @param asked when, by this host's clock
     * @param answered when, by this host's clock; now, if it goes on
     * @param began by the peer's clock
     * @param ended by the peer's clock */
    void between(Instant asked, Instant answered, Instant began, Instant ended) {
        earliest = Math.max(earliest, asked.toEpochMilli() - began.toEpochMilli());
        latest = Math.min(latest, answered.toEpochMilli() - ended.toEpochMilli());
    }

    /** Milliseconds to add to what the peer says; that it began after it was asked counts most. */
    long millis() {
        if (earliest <= 0 && latest >= 0) {
            return 0;
        }
        if (earliest == Long.MIN_VALUE) {
            return latest;
        }
        return earliest > latest || latest == Long.MAX_VALUE
                ? earliest
                : earliest + (latest - earliest) / 2;
    }

    /** The steps of one task in order, those of other hosts by this host's clock.
     * @param self who tells the whole story
     * @param steps its own and others' */
    static List<TaskStep> aligned(String self, List<TaskStep> steps) {
        List<TaskStep> own = steps.stream().filter(step -> step.agent().equals(self)).toList();
        Map<String, ClockShift> shifts = new LinkedHashMap<>();
        if (!own.isEmpty()) {
            steps.stream()
                    .filter(step -> !step.agent().equals(self))
                    .forEach(
                            step ->
                                    shifts.computeIfAbsent(step.agent(), any -> new ClockShift())
                                            .between(
                                                    asked(own),
                                                    own.get(own.size() - 1).at(),
                                                    step.at(),
                                                    step.at()));
        }
        List<TaskStep> all = new ArrayList<>();
        for (TaskStep step : steps) {
            ClockShift shift = shifts.get(step.agent());
            all.add(shift == null ? step : moved(step, shift.millis()));
        }
        all.sort(Comparator.comparing(TaskStep::at));
        return List.copyOf(all);
    }

    private static Instant asked(List<TaskStep> own) {
        return own.stream()
                .filter(step -> step.what().equals("sent"))
                .findFirst()
                .orElse(own.get(0))
                .at();
    }

    static TaskStep moved(TaskStep step, long millis) {
        return new TaskStep(step.at().plusMillis(millis), step.agent(), step.what(), step.note());
    }
}
