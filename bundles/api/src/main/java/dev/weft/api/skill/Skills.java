package dev.weft.api.skill;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.TaskContext;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The skills of this host. Thread-safe. */
@ProviderType
public interface Skills {
    /** Where the diagnostic context of logs has the id of the skill whose call runs on this thread: for logs, and for what a bundle of several skills uses. */
    String LOG_KEY = "skill";

    /** What can be called now.
     * @return ordered by id */
    List<SkillCard> installed();

    /** Leases a tool for one call: while the lease is open, the skill's code stays, also if the skill is replaced.
     * @param skill {@code skill} or {@code skill.tool}; the tool may be left out if the skill has only one
     * @param input arguments by name, checked against the tool's schema
     * @return the call, ready to run; close it when done
     * @throws dev.weft.api.task.TaskException codes {@code unknown_skill}, {@code skill_disabled}, {@code unknown_tool}, {@code bad_arguments} (says which
     *     argument, and what was expected) */
    Call prepare(String skill, JsonNode input);

    /** What is installed but switched off: nobody hears of it, and nobody can call it.
     * @return ordered by id */
    default List<SkillCard> disabled() {
        return List.of();
    }

    /** Switches a skill on or off, at once and for good: it stays so over restarts and new versions. Calls that run go on.
     * @param id skill id
     * @param enabled whether it can be called
     * @throws java.util.NoSuchElementException if it is not installed
     * @throws java.io.UncheckedIOException if that cannot be kept; nothing changes then */
    default void enable(String id, boolean enabled) {
        throw new UnsupportedOperationException();
    }

    /** Finds the card of a skill.
     * @param id skill id
     * @return empty if it is not here, or switched off */
    default Optional<SkillCard> find(String id) {
        return installed().stream().filter(card -> card.id().equals(id)).findFirst();
    }

    /** Whether a skill was here since this host started; if it is not here now, it left, and is not merely still to come.
     * @param id skill id
     * @return also true while it is here */
    default boolean wasHere(String id) {
        return find(id).isPresent();
    }

    /** One call of a tool. Used by one thread. */
    @ProviderType
    interface Call extends AutoCloseable {
        /** The skill's id.
         * @return never null */
        String skill();

        /** The tool's name.
         * @return never null */
        String tool();

        /** Whether a person must approve the call before it runs.
         * @return true if the tool is marked so */
        default boolean confirm() {
            return false;
        }

        /** Runs the method on the calling thread and waits for its result.
         * @param context given to the method if it asks for one
         * @return the result as JSON; never null
         * @throws dev.weft.api.task.TaskException code {@code skill_failed} with the skill's own message
         * @throws InterruptedException if the thread was interrupted (cancel) */
        JsonNode run(TaskContext context) throws InterruptedException;

        @Override
        void close();
    }
}
