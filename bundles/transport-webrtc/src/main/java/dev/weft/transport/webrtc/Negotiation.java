package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelState;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ScheduledFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One offer and its answer, the candidates of both sides, and the connection they lead to, to its end. All methods run on the session's serial
 * executor, but for {@link #message}.
 */
final class Negotiation implements ConnectionObserver.Events, WebRtcLink.Owner {
    /** Candidates kept until they can be used. */
    static final int MAX_CANDIDATES = 256;

    private static final Logger LOG = LoggerFactory.getLogger(Negotiation.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RESTART_FIRST = Duration.ofMillis(500);
    private static final Duration RESTART_AGAIN = Duration.ofSeconds(3);

    private final PeerSession session;
    private final Surroundings around;
    private final AgentId peer;
    private final String id;
    private final boolean offerer;
    private final Connection connection;
    private final WebRtcLink link;
    private final Queue<RTCIceCandidate> local = new ArrayDeque<>();
    private final Queue<RTCIceCandidate> remote = new ArrayDeque<>();
    private final ScheduledFuture<?> deadline;
    private ScheduledFuture<?> lost;
    private ScheduledFuture<?> restarting;
    private boolean described;
    private boolean answered;
    private boolean remoteSet;
    private boolean restartable;
    private boolean ended;
    private int restarts;

    /** Opens a connection.
     * @param session the peer's
     * @param around services
     * @param id the offer's session id; "" if the peer gives none
     * @param offerer whether this side offers */
    Negotiation(PeerSession session, Surroundings around, String id, boolean offerer) {
        this.session = session;
        this.around = around;
        this.peer = session.peer();
        this.id = id;
        this.offerer = offerer;
        restartable = !offerer && !id.isEmpty();
        ConnectionObserver observer = new ConnectionObserver(session.serial());
        observer.attach(this);
        RTCConfiguration configuration = new RTCConfiguration();
        configuration.iceServers.addAll(IceConfiguration.of(around.signaling().iceServers()));
        connection = new Connection(around.engine(), configuration, observer);
        link = new WebRtcLink(peer, connection, around, this);
        deadline =
                later(
                        around.setup(),
                        () ->
                                failed(
                                        "no link to "
                                                + peer
                                                + " came up within "
                                                + around.setup().toMillis()
                                                + " ms"));
    }

    boolean offerer() {
        return offerer;
    }

    boolean answered() {
        return answered;
    }

    WebRtcLink link() {
        return link;
    }

    /** Whether a message with this session id belongs here; reference peers send none. */
    boolean concerns(String other) {
        return other.isEmpty() || id.isEmpty() || id.equals(other);
    }

    /** Whether this is the same offer once more. */
    boolean repeats(String other) {
        return !id.isEmpty() && id.equals(other);
    }

    void offer() {
        connection.offer(sdp -> describe(SignalMessage.OFFER, sdp), this::failed);
    }

    void answer(String sdp) {
        connection.answer(
                sdp,
                this::remoteAccepted,
                own -> describe(SignalMessage.ANSWER, own),
                this::failed);
    }

    /** Takes the answer.
     * @param sdp of the answer
     * @param named whether it names its session: such a peer knows restarts */
    void accept(String sdp, boolean named) {
        answered = true;
        restartable = named;
        connection.accept(sdp, this::remoteAccepted, this::failed);
    }

    /** Sends the offer again, now with the candidates found since: the peer may have missed the first. */
    void repeatOffer() {
        String sdp = described ? connection.localSdp() : "";
        if (!sdp.isEmpty()) {
            send(SignalMessage.OFFER, sdp);
        }
    }

    /** Does not wait for silence to look for another path. */
    void mend() {
        if (offerer && restartable && link.isOpen()) {
            cancel(restarting);
            restart();
        }
    }

    /** Looks for another path under the open channel, again and again until one is found or patience ends. Only the side that offered does. */
    private void restart() {
        if (around.signaling().isConnected()) {
            LOG.debug("no word from {}: looking for another path", peer);
            restarts++;
            renew();
            connection.restart(
                    sdp -> describe(SignalMessage.OFFER, sdp),
                    why -> LOG.debug("no ICE restart with {}: {}", peer, why));
        }
        restarting = link.isResponsive() ? null : later(RESTART_AGAIN, this::restart);
    }

    /** What follows belongs to another generation of candidates. */
    private void renew() {
        described = false;
        remoteSet = false;
        local.clear();
        remote.clear();
    }

    /** The peer, which offered, restarts ICE.
     * @param number counts its restarts: an older one comes too late */
    void restarted(int number, String sdp) {
        if (!offerer && number > restarts) {
            restarts = number;
            renew();
            connection.answer(
                    sdp,
                    this::remoteAccepted,
                    own -> describe(SignalMessage.ANSWER, own),
                    why -> LOG.debug("the ICE restart of {} failed: {}", peer, why));
        }
    }

    /** The peer answers a restart.
     * @param number which one */
    void restartAnswered(int number, String sdp) {
        if (offerer && number == restarts && !remoteSet) {
            connection.accept(
                    sdp,
                    this::remoteAccepted,
                    why -> LOG.debug("the answer of {} to an ICE restart failed: {}", peer, why));
        }
    }

    private void describe(String type, String sdp) {
        if (!send(type, sdp)) {
            if (restarts == 0) {
                failed("the socket to the registry is closed");
            }
            return;
        }
        described = true;
        while (!local.isEmpty()) {
            sendCandidate(local.remove());
        }
    }

    private boolean send(String type, String sdp) {
        ObjectNode payload = Wire.object().put("sdp", sdp);
        if (!id.isEmpty()) {
            payload.put("session", id);
        }
        if (restarts > 0) {
            payload.put("restart", restarts);
        }
        payload.set("identity", SignedSdp.sign(around.identity(), peer, sdp));
        return around.signaling().send(type, peer, payload);
    }

    @Override
    public void candidate(RTCIceCandidate candidate) {
        if (described) {
            sendCandidate(candidate);
        } else if (local.size() < MAX_CANDIDATES) {
            local.add(candidate); // a peer that has no offer yet would drop it
        }
    }

    private void sendCandidate(RTCIceCandidate candidate) {
        ObjectNode payload =
                Wire.object()
                        .put("candidate", candidate.sdp)
                        .put("sdpMid", candidate.sdpMid)
                        .put("sdpMLineIndex", candidate.sdpMLineIndex);
        if (!id.isEmpty()) {
            payload.put("session", id);
        }
        around.signaling().send(SignalMessage.ICE_CANDIDATE, peer, payload);
    }

    /** A candidate of the peer: used at once if the remote description is set, else kept. */
    void remoteCandidate(JsonNode payload) {
        String text = payload.path("candidate").asText();
        if (text.isEmpty() || !concerns(payload.path("session").asText())) {
            return; // the empty candidate ends the list, nothing to do
        }
        RTCIceCandidate candidate =
                new RTCIceCandidate(
                        payload.path("sdpMid").asText("0"),
                        payload.path("sdpMLineIndex").asInt(0),
                        text);
        if (remoteSet) {
            add(candidate);
        } else if (remote.size() < MAX_CANDIDATES) {
            remote.add(candidate);
        }
    }

    private void remoteAccepted() {
        remoteSet = true;
        while (!remote.isEmpty()) {
            add(remote.remove());
        }
    }

    private void add(RTCIceCandidate candidate) {
        try {
            connection.add(candidate);
        } catch (RuntimeException | Error e) {
            LOG.debug("candidate of {} not usable: {}", peer, e.getMessage());
        }
    }

    @Override
    public void state(RTCPeerConnectionState state) {
        LOG.debug("connection to {} is {}", peer, state);
        switch (state) {
            case FAILED -> {
                if (restarting == null) {
                    failed("no path to " + peer + " works");
                }
            }
            case CLOSED -> failed("the connection was closed");
            case DISCONNECTED -> silent();
            case CONNECTED -> {
                cancel(lost);
                cancel(restarting);
                lost = null;
                restarting = null;
                link.silent(false);
                connection.askPath();
            }
            default -> {
                // on its way
            }
        }
    }

    /** ICE hears nothing: the link may mend by itself or by a restart, for a while. */
    private void silent() {
        link.silent(true);
        if (lost == null) {
            around.signaling().probe(); // what took the path away may have taken the socket
            lost =
                    later(
                            PATIENCE,
                            () ->
                                    failed(
                                            "nothing heard from "
                                                    + peer
                                                    + " for "
                                                    + PATIENCE.toSeconds()
                                                    + " s"));
        }
        if (restarting == null && restartable && link.isOpen()) {
            restarting = later(RESTART_FIRST, offerer ? this::restart : () -> {});
        }
    }

    private ScheduledFuture<?> later(Duration delay, Runnable task) {
        return around.later(delay, () -> session.serial().execute(() -> unlessEnded(task)));
    }

    private void unlessEnded(Runnable task) {
        if (!ended) {
            task.run();
        }
    }

    @Override
    public void channelOffered(RTCDataChannel channel) {
        if (connection.adoptRemote(channel)) {
            channelChanged();
        }
    }

    @Override
    public void channelChanged() {
        RTCDataChannelState state = connection.channelState();
        if (state == RTCDataChannelState.OPEN) {
            cancel(deadline);
            session.opened(this);
        } else if (state == RTCDataChannelState.CLOSING || state == RTCDataChannelState.CLOSED) {
            failed(peer + " closed the channel");
        }
    }

    @Override
    public void selected(SelectedPair pair) {
        link.selected(pair);
    }

    @Override
    public void message(byte[] message, boolean binary) {
        link.receive(message, binary);
    }

    @Override
    public void close(String reason) {
        session.serial().execute(() -> session.failed(this, reason));
    }

    @Override
    public void askPath() {
        session.serial().execute(connection::askPath);
    }

    private void failed(String reason) {
        session.failed(this, reason);
    }

    /** Frees everything and tells the listener, if it knew of the link. */
    void end(String reason) {
        end(reason, null);
    }

    /** The same, for a link that another one replaces. */
    void end(String reason, WebRtcLink successor) {
        ended = true;
        cancel(deadline);
        cancel(lost);
        cancel(restarting);
        link.announceClosed(reason, successor);
        connection.dispose();
    }

    private static void cancel(ScheduledFuture<?> task) {
        if (task != null) {
            task.cancel(false);
        }
    }
}
