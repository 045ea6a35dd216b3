package dev.weft.skill.runtime;

import dev.weft.api.mesh.CardSource;
import dev.weft.api.skill.SkillsListener;
import dev.weft.protocol.SkillCard;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells the mesh that this host's card changed because its skills did. */
@Component(service = SkillsListener.class)
public final class CardNews implements SkillsListener {
    private final CardSource card;

    /** Starts.
     * @param card this host's card */
    @Activate
    public CardNews(@Reference CardSource card) {
        this.card = card;
    }

    @Override
    public void changed(List<SkillCard> installed) {
        card.changed();
    }
}
