package dev.weft.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.audit.Audit;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Writes down what happens without a request at this host: hosts that join or are shut out, skills that come and go, tasks of peers. */
@Component(service = EventAuditor.class, immediate = true)
public final class EventAuditor {
    private static final Set<String> SKILLS =
            Set.of("skill.installed", "skill.removed", "skill.failed");

    private final Audit audit;
    private final String self;
    private final Events.Subscription subscription;

    /** Follows the journal from its beginning, since skills may have come before this room.
     * @param audit where it is written
     * @param events what happens
     * @param identity who this host is */
    @Activate
    public EventAuditor(
            @Reference Audit audit, @Reference Events events, @Reference HostIdentity identity) {
        this.audit = audit;
        this.self = identity.agentId().value();
        this.subscription = events.subscribe(0, EventAuditor::isWanted, this::hear);
    }

    /** Stops following. */
    @Deactivate
    public void close() {
        subscription.close();
    }

    private static boolean isWanted(String type) {
        return type.startsWith("pairing.")
                || SKILLS.contains(type)
                || type.equals("task.submitted");
    }

    private void hear(Event event) {
        JsonNode data = event.data();
        if (event.type().startsWith("pairing.")) {
            record(
                    data.path("peer_id").asText(),
                    event.type(),
                    data.path("agent_name").asText(),
                    "ok");
        } else if (SKILLS.contains(event.type())) {
            boolean failed = event.type().equals("skill.failed");
            record(
                    "host",
                    event.type(),
                    failed
                            ? data.path("file").asText()
                            : data.path("id").asText() + "@" + data.path("version").asText(),
                    failed ? data.path("reason").asText() : "ok");
        } else if (event.type().equals("task.submitted")
                && !data.path("source").asText().equals(self)) {
            record(
                    data.path("source").asText(),
                    "task.submit",
                    data.path("skill").asText() + " " + data.path("id").asText(),
                    "ok");
        }
    }

    private void record(String who, String what, String target, String outcome) {
        audit.record(new Audit.Entry(who, "", what, target, outcome, ""));
    }
}
