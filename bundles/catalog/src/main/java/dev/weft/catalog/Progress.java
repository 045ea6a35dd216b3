package dev.weft.catalog;

import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Plan;
import dev.weft.api.event.Events;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what the catalog does: log, events and the audit log. Thread-safe. */
final class Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
    private final Events events;
    private final Audit audit;

    Progress(Events events, Audit audit) {
        this.events = events;
        this.audit = audit;
    }

    /** A step begins.
     * @param number from 1
     * @param of how many there are */
    void step(String plan, int number, int of, Plan.Step step) {
        events.publish(
                "catalog.progress",
                Map.of(
                        "plan",
                        plan,
                        "step",
                        number,
                        "of",
                        of,
                        "action",
                        step.action(),
                        "bundle",
                        step.bundle(),
                        "version",
                        step.to().isEmpty() ? step.from() : step.to()));
    }

    /** A plan was carried out, or undone.
     * @param reason "" if it is done */
    void ended(Plan plan, String who, String reason) {
        boolean done = reason.isEmpty();
        for (Plan.Step step : plan.steps()) {
            String what = step.bundle() + " " + (step.to().isEmpty() ? step.from() : step.to());
            audit.record(
                    new Audit.Entry(
                            who,
                            "",
                            "catalog." + step.action(),
                            what,
                            done ? "ok" : "undone",
                            plan.id()));
            if (done) {
                LOG.info(
                        "{} of {}{} for {}",
                        step.action(),
                        what,
                        step.repository().isEmpty() ? "" : " from repository " + step.repository(),
                        who);
            }
        }
        if (!done) {
            LOG.warn("Nothing was changed: {}", reason);
        }
        events.publish(
                "catalog.changed", Map.of("plan", plan.id(), "done", done, "reason", reason));
    }

    /** A skill was taken out because it was revoked. */
    void revoked(String bundle, String version, String reason) {
        LOG.warn("{} {} is taken out: it was revoked: {}", bundle, version, reason);
        audit.record(
                new Audit.Entry("catalog", "", "catalog.revoke", bundle + " " + version, "ok", ""));
        events.publish(
                "catalog.revoked", Map.of("bundle", bundle, "version", version, "reason", reason));
    }

    /** A repository is read, or is not any more. */
    void repository(String name, String what) {
        events.publish("catalog.repository", Map.of("repository", name, "what", what));
    }

    /** An update would be there, but a person has to look. */
    void waits(String skill, String reason) {
        LOG.info("{} is not updated by itself: {}", skill, reason);
        events.publish("catalog.waits", Map.of("skill", skill, "reason", reason));
    }

    /** An update is there, and this host does not take it, whoever would agree. */
    void refused(String skill, String reason) {
        LOG.warn("the update of {} is refused: {}", skill, reason);
        events.publish("catalog.refused", Map.of("skill", skill, "reason", reason));
    }
}
