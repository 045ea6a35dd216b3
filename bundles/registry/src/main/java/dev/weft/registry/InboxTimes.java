package dev.weft.registry;

import dev.weft.api.health.Histogram;
import dev.weft.api.health.Measures;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** How long tasks of the inbox took from their submission until an agent was told, took them, and ended them. Thread-safe. */
@Component(service = {Measures.class, InboxTimes.class})
public final class InboxTimes implements Measures {
    private final Histogram pushed =
            upTo("pushed", "until the socket of an agent that may take it had the news");
    private final Histogram taken = upTo("taken", "until an agent took it, each time");
    private final Histogram completed = upTo(TaskTable.COMPLETED, "until it was completed");
    private final Histogram failed = upTo(TaskTable.FAILED, "until its agent said that it failed");

    private static Histogram upTo(String stage, String until) {
        return new Histogram(
                "weft_inbox_" + stage + "_seconds",
                "Time from the submission of a task to the inbox " + until + ".",
                Map.of());
    }

    void pushed(double seconds) {
        pushed.add(seconds);
    }

    void taken(double seconds) {
        taken.add(seconds);
    }

    void finished(String state, double seconds) {
        (state.equals(TaskTable.COMPLETED) ? completed : failed).add(seconds);
    }

    @Override
    public Collection<Measure> measure() {
        return List.of();
    }

    @Override
    public Collection<Histogram> histograms() {
        return List.of(pushed, taken, completed, failed);
    }
}
