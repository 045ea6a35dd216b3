package dev.weft.http.api;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.Principal;
import java.time.Clock;
import java.util.Map;
import java.util.Set;

/** Writes requests into the audit log: whatever changes something, whatever was denied, and who took the database away. */
final class AuditTrail implements Exchange.Observer {
    /** Reading is of no interest, but for what holds everything. */
    private static final String BACKUP = "GET /api/backup";

    /** What routes that change something do. One that is missing here is written down by its method and path. */
    private static final Map<String, String> NAMES =
            Map.ofEntries(
                    Map.entry(BACKUP, "backup"),
                    Map.entry("POST /api/token", "token.issue"),
                    Map.entry("POST /api/session", "session.open"),
                    Map.entry("DELETE /api/session", "session.close"),
                    Map.entry("POST /api/registry/agents", "agent.register"),
                    Map.entry("DELETE /api/registry/agents/{id}", "agent.remove"),
                    Map.entry("POST /api/hub/tasks", "task.submit"),
                    Map.entry("POST /api/hub/tasks/{id}/cancel", "task.cancel"),
                    Map.entry("POST /api/pairing/generate-code", "pairing.code"),
                    Map.entry("POST /api/pairing/pair", "pairing.pair"),
                    Map.entry("POST /api/pairing/{id}/approve", "pairing.approve"),
                    Map.entry("POST /api/pairing/{id}/reject", "pairing.reject"),
                    Map.entry("POST /api/pairing/{id}/revoke", "pairing.revoke"),
                    Map.entry("POST /api/skills", "skill.install"),
                    Map.entry("DELETE /api/skills/{id}", "skill.remove"),
                    Map.entry("POST /api/skills/{id}/rollback", "skill.rollback"),
                    Map.entry("POST /api/skills/{id}/retry", "skill.retry"),
                    Map.entry("POST /api/repository/publishers", "publisher.grant"),
                    Map.entry(
                            "DELETE /api/repository/publishers/{namespace}", "publisher.withdraw"),
                    Map.entry("POST /api/repository/jars", "repository.upload"),
                    Map.entry("POST /api/repository/releases", "repository.publish"),
                    Map.entry("POST /api/repository/statements", "repository.state"),
                    Map.entry("POST /api/repository/roots", "repository.root"),
                    Map.entry("POST /api/catalog/repositories", "catalog.add"),
                    Map.entry("DELETE /api/catalog/repositories/{name}", "catalog.remove"),
                    Map.entry(
                            "POST /api/catalog/repositories/{name}/publishers/{namespace}",
                            "catalog.trust"),
                    Map.entry(
                            "DELETE /api/catalog/repositories/{name}/publishers/{namespace}",
                            "catalog.distrust"),
                    Map.entry("POST /api/catalog/plan/{id}/apply", "catalog.apply"),
                    Map.entry("PUT /api/catalog/installed/{skill}", "catalog.choose"),
                    Map.entry("PUT /api/llm/routes/{route}", "llm.use"),
                    Map.entry("POST /api/ask", "agent.ask"),
                    Map.entry("POST /api/keys", "key.create"),
                    Map.entry("POST /api/keys/{id}/rotate", "key.rotate"),
                    Map.entry("POST /api/keys/signing/rotate", "signing.rotate"),
                    Map.entry("DELETE /api/keys/{id}", "key.revoke"));

    /** Signs of life and their like: often, and of no interest unless they are denied. A host that waits for its approval asks on. */
    private static final Set<String> ROUTINE =
            Set.of(
                    "POST /api/hub/heartbeat",
                    "POST /api/hub/tasks/{id}",
                    "POST /api/registry/agents",
                    "POST /api/catalog/plan",
                    "POST /api/catalog/refresh");

    private static final Set<Integer> DENIALS = Set.of(401, 403, 429);
    private final Rooms rooms;
    private final Denials denials;

    AuditTrail(Rooms rooms, Clock clock) {
        this.rooms = rooms;
        this.denials = new Denials(clock);
    }

    @Override
    public void answered(Exchange exchange, int status, String code) {
        Audit audit = rooms.audit;
        if (audit == null) {
            return;
        }
        Route route = exchange.route();
        String name = route == null ? "" : route.method() + " " + route.template();
        boolean denied = DENIALS.contains(status);
        if (denied) {
            String who =
                    exchange.principal() == null
                            ? exchange.address()
                            : exchange.principal().subject();
            if (!denials.admit(who, skipped -> audit.record(skipped(who, skipped)))) {
                return;
            }
        } else if (route == null
                || !route.mutates() && !name.equals(BACKUP)
                || ROUTINE.contains(name)
                || name.equals("POST /api/pairing/pair") && status < 400) {
            return;
        }
        String what = NAMES.getOrDefault(name, name.isEmpty() ? exchange.method() : name);
        audit.record(entry(exchange, what, denied, status < 400 ? "ok" : code));
    }

    private static Audit.Entry entry(
            Exchange exchange, String what, boolean denied, String outcome) {
        Principal principal = exchange.principal();
        String target = exchange.target();
        return new Audit.Entry(
                principal == null ? exchange.address() : principal.subject(),
                principal == null ? "" : principal.role().wireName(),
                denied ? "denied " + what : what,
                target.isEmpty() && denied ? exchange.path() : target,
                outcome,
                exchange.id());
    }

    private static Audit.Entry skipped(String who, int count) {
        return new Audit.Entry(
                who, "", "denied more", "", count + " more denials in that minute", "");
    }
}
