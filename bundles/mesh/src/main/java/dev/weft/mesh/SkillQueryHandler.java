package dev.weft.mesh;

import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells a peer whether a skill is here. */
@Component(
        service = MessageHandler.class,
        property = MessageHandler.TYPE + "=" + MeshMessage.SKILL_QUERY)
public final class SkillQueryHandler implements MessageHandler {
    private final CardSource cards;

    /** Starts.
     * @param cards lists the skills */
    @Activate
    public SkillQueryHandler(@Reference CardSource cards) {
        this.cards = cards;
    }

    @Override
    public void handle(AgentId peer, MeshMessage query, Reply reply) {
        String wanted = query.payload().path("skill").asText("");
        Optional<SkillCard> found =
                cards.card().skills().stream()
                        .filter(skill -> skill.id().equals(wanted))
                        .findFirst();
        reply.send(
                MeshMessage.SKILL_RESPONSE,
                Wire.object()
                        .put("available", found.isPresent())
                        .put("description", found.map(SkillCard::description).orElse("")));
    }
}
