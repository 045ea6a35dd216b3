package dev.weft.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.CardListener;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.Peer;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells all linked peers when this host's card changes, so that a new skill can be called there at once, registry or not. */
@Component(service = CardListener.class)
public final class CardAnnouncer implements CardListener {
    private static final long BUSY_MILLIS = 50;
    private final Mesh mesh;
    private final CardSource cards;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean due = new AtomicBoolean();
    private final Object telling = new Object();

    /** Starts.
     * @param mesh reaches the peers
     * @param cards this host's card
     * @param blocking tells them: whoever changed a skill does not wait for it
     * @param timer tries again when all are busy */
    @Activate
    public CardAnnouncer(
            @Reference Mesh mesh,
            @Reference CardSource cards,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this.mesh = mesh;
        this.cards = cards;
        this.blocking = blocking;
        this.timer = timer;
    }

    @Override
    public void cardChanged() {
        if (due.compareAndSet(false, true)) {
            handOver();
        }
    }

    private void handOver() {
        try {
            blocking.execute(this::tell);
        } catch (RejectedExecutionException full) {
            timer.schedule(this::handOver, BUSY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** One at a time: an older card must not arrive after a newer one. */
    private void tell() {
        synchronized (telling) {
            due.set(false);
            List<Peer> peers = mesh.peers();
            if (!peers.isEmpty()) {
                JsonNode status = Wire.object().set("card", Wire.node(cards.card()));
                peers.forEach(peer -> mesh.send(peer.id(), MeshMessage.AGENT_STATUS, "", status));
            }
        }
    }
}
