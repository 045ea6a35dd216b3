package dev.weft.api.skill;

import dev.weft.protocol.SkillCard;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Hears when skills come and go; registered as a service. Must not block. */
@ConsumerType
public interface SkillsListener {
    /** The skills changed.
     * @param installed what is here now, ordered by id */
    void changed(List<SkillCard> installed);
}
