package dev.weft.api.task;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The task engine. Thread-safe; nothing here blocks. */
@ProviderType
public interface Tasks {
    /** Accepts a task. What is wrong with it shows in the handle: a task that cannot be done is REJECTED, it does not throw.
     * @param request what is wanted
     * @return the handle */
    TaskHandle submit(TaskRequest request);

    /** One task of this host: submitted or carried out here.
     * @param id its id
     * @return empty if unknown, or finished too long ago */
    Optional<Task> find(String id);

    /** Tasks of this host, newest first; a bounded number of finished ones is kept.
     * @param limit at most so many
     * @return the tasks */
    List<Task> list(int limit);

    /** The handle of a task that is not final.
     * @param id its id
     * @return empty if unknown or final */
    Optional<TaskHandle> running(String id);

    /** Stops a task; reaches the running skill, here or on the peer.
     * @param id its id
     * @return false if it is unknown or final */
    boolean cancel(String id);

    /** Share of what this host can run at once that is in use.
     * @return 0 to 1 */
    double load();
}
