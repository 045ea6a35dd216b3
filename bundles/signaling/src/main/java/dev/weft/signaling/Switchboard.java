package dev.weft.signaling;

import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalHead;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What becomes of the frames that agents send. A bad frame is answered and closes nothing. */
final class Switchboard {
    private static final Logger LOG = LoggerFactory.getLogger(Switchboard.class);
    static final String UNREACHABLE = "peer_unreachable";
    private final Hub hub;
    private final Admission admission;
    private final LongAdder unknown = new LongAdder();

    Switchboard(Hub hub, Admission admission) {
        this.hub = hub;
        this.admission = admission;
    }

    /** One text frame.
     * @param from whose socket
     * @param frame its text */
    void receive(PeerSocket from, String frame) {
        if (from.isClosed()) {
            return; // it was turned away, and what it sent was on its way already
        }
        long now = System.nanoTime();
        from.heard(now);
        if (!hub.isMember(from.id())) {
            hub.close(from, Close.REVOKED, "revoked");
            return;
        }
        if (from.isExpired(now)) {
            hub.expired(from);
            return;
        }
        SignalHead message;
        try {
            message = Wire.signalHead(frame);
        } catch (ProtocolException e) {
            from.error(e.code(), e.getMessage(), null);
            return;
        }
        if (!message.peerId().equals(from.id().value())) {
            from.error(
                    "not_you",
                    "peer_id must be "
                            + from.id()
                            + ", whom the token names, got "
                            + Wire.quote(message.peerId()),
                    message);
            return;
        }
        try {
            route(from, message, frame);
        } catch (ProtocolException e) { // a payload that is read here after all
            from.error(e.code(), e.getMessage(), message);
        }
    }

    private void route(PeerSocket from, SignalHead message, String frame) {
        switch (message.type()) {
            case SignalMessage.REGISTER -> hub.register(from);
            case SignalMessage.RENEW -> renew(from, message, frame);
            case SignalMessage.HEARTBEAT -> {
                if (message.targetId() == null
                        || message.targetId().equals(SignalMessage.REGISTRY)) {
                    hub.alive(from.id());
                } else {
                    forward(from, message, frame);
                }
            }
            case SignalMessage.OFFER,
                    SignalMessage.ANSWER,
                    SignalMessage.ICE_CANDIDATE,
                    SignalMessage.RELAY ->
                    forward(from, message, frame);
            default -> {
                unknown.increment();
                LOG.debug(
                        "ignored a frame of the unknown type {} from {}",
                        Wire.quote(message.type()),
                        from.id());
            }
        }
    }

    /** A fresh token; the socket lives on until it ends. */
    private void renew(PeerSocket from, SignalHead message, String frame) {
        String token = Wire.signal(frame).payload().path("token").asText("");
        Optional<Admission.Pass> pass =
                admission.admit(token).filter(fresh -> fresh.agent().equals(from.id()));
        if (pass.isPresent()) {
            hub.renewed(from, pass.get());
        } else {
            from.error(
                    "bad_token",
                    "renew needs payload.token, a valid token of "
                            + from.id()
                            + "; this socket ends with the token that it has",
                    message);
        }
    }

    static String unreachable(SignalHead message) {
        return "agent " + message.targetId() + " is not connected to this registry";
    }

    private void forward(PeerSocket from, SignalHead message, String frame) {
        if (!from.isRegistered()) {
            from.error("not_registered", "send register before " + message.type(), message);
        } else if (!AgentId.isValid(message.targetId())) {
            from.error(
                    "bad_target",
                    message.type()
                            + " needs target_id, an agent id; got "
                            + Wire.quote(message.targetId()),
                    message);
        } else {
            if (!hub.pass(new AgentId(message.targetId()), frame)) {
                from.error(UNREACHABLE, unreachable(message), message);
            }
        }
    }

    /** A binary frame. */
    void binary(PeerSocket from) {
        from.heard(System.nanoTime());
        from.error("bad_json", "frames must be text", null);
    }

    /** How many frames were of a type that this version does not know. */
    long unknown() {
        return unknown.sum();
    }
}
