package dev.weft.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Learns the card that a peer sends in {@code hello} and {@code agent_status}. */
@Component(
        service = MessageHandler.class,
        property = {
            MessageHandler.TYPE + "=" + MeshMessage.HELLO,
            MessageHandler.TYPE + "=" + MeshMessage.AGENT_STATUS
        })
public final class CardHandler implements MessageHandler {
    private static final int MOST_SKILLS = 1_000;
    private final AgentDirectory directory;

    /** Starts.
     * @param directory learns the cards */
    @Activate
    public CardHandler(@Reference AgentDirectory directory) {
        this.directory = directory;
    }

    @Override
    public void handle(AgentId peer, MeshMessage message, Reply reply) {
        JsonNode payload = message.payload();
        JsonNode card = payload.hasNonNull("card") ? payload.get("card") : payload;
        if (!card.has("agent_id")) {
            return; // a status in words, as the reference sends it, or a hello without a card
        }
        AgentCard read = Wire.as(card, AgentCard.class);
        if (read.skills().size() > MOST_SKILLS) {
            throw new ProtocolException(
                    "too_large",
                    "a card may list "
                            + MOST_SKILLS
                            + " skills, this one lists "
                            + read.skills().size());
        }
        directory.learned(peer, read);
    }
}
