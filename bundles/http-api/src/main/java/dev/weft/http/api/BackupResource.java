package dev.weft.http.api;

import dev.weft.api.identity.Role;
import dev.weft.api.store.Backup;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A copy of the host's database, for its owner. */
final class BackupResource implements Resource {
    private static final Duration LONGEST = Duration.ofMinutes(15);
    private final Rooms rooms;

    BackupResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/backup",
                        "The host's database as a zip file, copied while it works",
                        Route.roles(Role.ADMIN),
                        this::backup));
    }

    private CompletionStage<Reply> backup(Call call) throws IOException {
        Backup backup =
                rooms.need(rooms.backup, "this host keeps no database: it has nothing to back up");
        call.patience(LONGEST);
        HttpServletResponse response = call.response();
        response.setContentType("application/zip");
        try {
            backup.write(response.getOutputStream());
        } catch (IllegalStateException elsewhere) {
            throw new ApiException(409, "backup_elsewhere", elsewhere.getMessage());
        }
        call.async().complete();
        return CompletableFuture.completedFuture(Reply.STREAMED);
    }
}
