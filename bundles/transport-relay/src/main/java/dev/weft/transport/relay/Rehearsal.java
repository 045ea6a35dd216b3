package dev.weft.transport.relay;

import dev.weft.api.identity.HostIdentity;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;

/** Does, with this host at both ends, what the first message to a peer takes: classes are loaded then, ciphers made, and the code is compiled. */
final class Rehearsal implements Runnable {
    /** Takes some 90 ms of one processor, once; the second exchange of a process took 11 ms of it, the tenth 6 to 7. */
    private static final int TIMES = 10;

    private final HostIdentity self;
    private final PreparedKeys prepared;
    private final InstantSource clock;

    Rehearsal(HostIdentity self, PreparedKeys prepared, InstantSource clock) {
        this.self = self;
        this.prepared = prepared;
        this.clock = clock;
    }

    /** Leaves the keys ready that were not there yet. */
    @Override
    public void run() {
        for (int i = 0; i < TIMES; i++) {
            once();
        }
        prepared.fill();
    }

    private void once() {
        AgentId here = self.agentId();
        Prekey own = new Prekey(self, clock.instant());
        PrekeyOffer offer = new PrekeyOffer(here, own, clock);
        Prekey other = new Prekey(self, clock.instant());
        Seal answering = PrekeyOffer.accept(offer.id(), own.shown(), other);
        Seal seal = offer.complete(self.publicKey(), other.shown().json(offer.id()));
        MeshMessage ping =
                new MeshMessage(MeshMessage.PING, "", here.value(), here.value(), Wire.object());
        String sealed =
                Wire.write(
                        new SignalMessage(
                                SignalMessage.RELAY,
                                here.value(),
                                here.value(),
                                seal.seal(Wire.write(ping))));
        String opened = answering.open(Wire.signal(sealed).payload());
        Wire.messages(opened.getBytes(StandardCharsets.UTF_8), message -> {});
    }
}
