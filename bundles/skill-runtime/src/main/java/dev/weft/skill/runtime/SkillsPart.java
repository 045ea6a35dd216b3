package dev.weft.skill.runtime;

import dev.weft.api.mesh.CardPart;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Puts this host's skills on its card. */
@Component(service = CardPart.class)
public final class SkillsPart implements CardPart {
    private final Skills skills;

    /** Starts.
     * @param skills what is here */
    @Activate
    public SkillsPart(@Reference Skills skills) {
        this.skills = skills;
    }

    @Override
    public List<SkillCard> skills() {
        return skills.installed();
    }
}
