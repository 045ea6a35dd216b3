package dev.weft.http.api;

import dev.weft.api.audit.Audit;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The audit log: its newest records, the whole of it as JSON lines, and whether its chain is whole. */
final class AuditResource implements Resource {
    private static final Set<Role> ADMIN = Set.of(Role.ADMIN);
    private static final String LINES = "application/x-ndjson";
    private static final int SOME = 100;
    private final Rooms rooms;

    AuditResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/audit",
                        "The newest records first; with Accept: application/x-ndjson all of them, oldest first, a JSON document a line",
                        ADMIN,
                        this::read),
                Route.get(
                        "/api/audit/verify",
                        "Whether the chain of records is whole, else the first broken one",
                        ADMIN,
                        this::verify));
    }

    private Audit audit() {
        return rooms.need(rooms.audit, "this host keeps no audit log");
    }

    private CompletionStage<Reply> read(Call call) throws IOException {
        Audit audit = audit();
        String accept = call.header("Accept");
        if (accept != null && accept.contains(LINES)) {
            return export(call, audit);
        }
        int limit = call.query("limit").isEmpty() ? SOME : Page.limit(call);
        return Reply.ok(audit.latest(limit));
    }

    private static CompletionStage<Reply> export(Call call, Audit audit) throws IOException {
        call.patience(Duration.ofMinutes(5));
        HttpServletResponse response = call.response();
        response.setContentType(LINES);
        OutputStream out = response.getOutputStream();
        try {
            audit.export(
                    line -> {
                        out.write(line.getBytes(StandardCharsets.UTF_8));
                        out.write('\n');
                    });
        } catch (IOException | RuntimeException e) {
            call.async().complete(); // cut short: a part of it may have been sent
            throw e;
        }
        return CompletableFuture.completedFuture(Reply.WRITTEN);
    }

    private CompletionStage<Reply> verify(Call call) throws IOException {
        call.patience(Duration.ofMinutes(5));
        return Reply.ok(Wire.node(audit().verify()));
    }
}
