package dev.weft.skill;

import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Implemented by a {@link SkillService} that can tell whether it is well: the database is there, the key works. The host asks every
 * few seconds, on a thread that may block, never twice at once; who has not answered for 10 s counts as unwell. An unwell skill
 * stays callable; {@code weft skills}, {@code /api/skills} and {@code /api/health} say what is wrong.
 */
@ConsumerType
public interface SkillHealth {
    /** Looks.
     * @return empty if all is well, else one line for people: what is wrong and what to do. An exception counts as unwell, with
     *     its message */
    Optional<String> problem();
}
