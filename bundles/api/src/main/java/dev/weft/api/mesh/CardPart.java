package dev.weft.api.mesh;

import dev.weft.protocol.SkillCard;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a room above the mesh knows of this host's card; registered as a service. It tells {@link CardSource#changed()} when it
 * has news. Thread-safe; must not block.
 */
@ConsumerType
public interface CardPart {
    /** The skills that this room offers.
     * @return never null */
    default List<SkillCard> skills() {
        return List.of();
    }

    /** Share of what this host can run at once that is in use.
     * @return 0 to 1 */
    default double load() {
        return 0;
    }
}
