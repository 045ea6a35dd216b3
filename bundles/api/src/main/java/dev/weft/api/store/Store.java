package dev.weft.api.store;

import java.util.List;
import javax.sql.DataSource;
import org.osgi.annotation.versioning.ProviderType;

/** The database of this host. A room owns its tables; no room reads another's. Thread-safe. */
@ProviderType
public interface Store {
    /** Brings a room's tables up to date and hands out connections.
     * @param room name of the room, {@code [a-z][a-z0-9_]*}; its tables start with it
     * @param migrations SQL scripts, one a version, oldest first; a script once released never changes
     * @return a bounded pool, shared by the rooms; {@code getConnection} waits 10 s at most
     * @throws IllegalStateException if the database was written by a newer version of the room, or a migration fails; the
     *     message says which */
    DataSource open(String room, List<String> migrations);
}
