package dev.weft.signaling;

import dev.weft.api.repository.StatementListener;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Pushes what is said against a release in the registry's repository of skills, so that agents need not wait until they read it anew. */
@Component
public final class StatementPush implements StatementListener {
    private final Hub hub;

    /** Begins.
     * @param hub has the sockets */
    @Activate
    public StatementPush(@Reference Hub hub) {
        this.hub = hub;
    }

    @Override
    public void stated(byte[] statement) {
        var payload = Wire.object();
        payload.putArray("statements")
                .add(Wire.tree(new String(statement, StandardCharsets.UTF_8)));
        hub.tell(
                new SignalMessage(SignalMessage.STATEMENTS, SignalMessage.REGISTRY, null, payload));
    }
}
