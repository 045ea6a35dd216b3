package dev.weft.api.registry;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Gets the tasks that waited for this host at its registry; registered as a service. Must not block. */
@ConsumerType
public interface InboxListener {
    /** Tasks that the registry has assigned to this host. The outcome goes back through {@link RegistryReports}.
     * @param tasks oldest first; never empty */
    void received(List<Inbox.Entry> tasks);
}
