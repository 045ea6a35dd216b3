package dev.weft.http.api;

import dev.weft.api.identity.Role;
import dev.weft.api.store.Backup;
import jakarta.servlet.http.HttpServletResponse;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
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
            backup.write(new Open(response.getOutputStream()));
        } catch (IllegalStateException elsewhere) {
            throw new ApiException(409, "backup_elsewhere", elsewhere.getMessage());
        }
        return CompletableFuture.completedFuture(Reply.WRITTEN);
    }

    /** Is not closed by who writes: the end of the answer comes after it was written down who took the copy. */
    private static final class Open extends FilterOutputStream {
        Open(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            out.write(bytes, from, length);
        }

        @Override
        public void close() throws IOException {
            out.flush();
        }
    }
}
