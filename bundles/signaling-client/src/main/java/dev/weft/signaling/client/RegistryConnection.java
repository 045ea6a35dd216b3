package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one registered socket to the registry: connects, registers, notices when it is gone, and connects again. */
final class RegistryConnection implements SignalSocket.Ear {
    private static final Logger LOG = LoggerFactory.getLogger(RegistryConnection.class);
    private static final long HELD_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long SLOW_MILLIS = 60_000;
    private static final long LONGEST_WAIT_SECONDS = 15;
    private static final int REPLACED = 4000; // close codes of the registry
    private static final int REVOKED = 4001;
    private static final int DUPLICATE = 4004;
    private static final int EXPIRED = 4401;
    private static final long WAITING_MILLIS = 200;
    private static final long PROBE_MILLIS = 2_000;

    /** The same, if an address is gone that the socket may have used. */
    private static final long GONE_MILLIS = 500;

    private static final int PATIENCE_SECONDS = 15;

    private final Access access;
    private final Clients client;
    private final ScheduledExecutorService timer;
    private final Executor executor;
    private final Backoff backoff;
    private final AgentId self;
    private final String instance = UUID.randomUUID().toString();
    private final Owner owner;
    private final Object state = new Object();
    private SignalSocket socket;
    private boolean registered;
    private boolean dialing;
    private boolean stopped;
    private long since;
    private int failures;
    private int refusals;
    private final AtomicInteger waits = new AtomicInteger(); // looks for an address in a row
    private volatile SignalSocket ready;
    private volatile String trouble = "not connected yet";

    RegistryConnection(
            Access access,
            Clients client,
            ScheduledExecutorService timer,
            Executor executor,
            Backoff backoff,
            AgentId self,
            Owner owner) {
        this.access = access;
        this.client = client;
        this.timer = timer;
        this.executor = executor;
        this.backoff = backoff;
        this.self = self;
        this.owner = owner;
    }

    /** Connects now, unless that is under way or done. */
    void dial() {
        synchronized (state) {
            if (stopped || dialing || socket != null) {
                return;
            }
            dialing = true;
        }
        URI base = access.base().orElse(null);
        if (base == null) {
            trouble = "waits until this host answers HTTP";
            idle();
            timer.schedule(() -> executor.execute(this::dial), homeless(), TimeUnit.SECONDS);
            return;
        }
        waits.set(0);
        access.token()
                .thenCompose(
                        token ->
                                SignalSocket.open(
                                        client.get(), socketUri(base), token, instance, this))
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .whenComplete((opened, e) -> dialed(e));
    }

    /** Seconds until the next look for an address: a second at first, since HTTP starts up meanwhile; later it may never come. */
    private long homeless() {
        return Math.min(LONGEST_WAIT_SECONDS, 1L << waits.getAndUpdate(n -> Math.min(n + 1, 8)));
    }

    private static URI socketUri(URI base) {
        return URI.create(base.toString().replaceFirst("(?i)^http", "ws") + "/ws");
    }

    private void idle() {
        synchronized (state) {
            dialing = false;
        }
    }

    private void dialed(Throwable e) {
        idle();
        if (e == null) {
            return;
        }
        RefusedException refused = Failure.refusal(e);
        boolean handshake = Failure.cause(e) instanceof WebSocketHandshakeException;
        if (refused != null && refused.isMembership()) {
            access.renew();
        }
        // a token that lapsed, or was issued before the registry's key changed, gets one more
        // chance with a new one
        if (refused != null
                && refused.isMembership()
                && !access.isLocal()
                && !(handshake && firstRefusal())) {
            retry(
                    "membership revoked or unknown: pair again (" + refused.getMessage() + ")",
                    SLOW_MILLIS);
        } else {
            retryElsewhere(
                    Failure.words(e),
                    access.isLocal() ? Math.min(backoff.next(), WAITING_MILLIS) : backoff.next());
        }
    }

    private boolean firstRefusal() {
        synchronized (state) {
            return refusals++ == 0;
        }
    }

    /** It may be that one host of the registry is gone. */
    private void retryElsewhere(String why, long millis) {
        retry(why, millis);
        access.elsewhere();
    }

    private void retry(String why, long millis) {
        synchronized (state) {
            if (stopped || socket != null) {
                return;
            }
            failures++;
            trouble =
                    "no connection to the registry"
                            + access.base().map(base -> " " + base).orElse("")
                            + ": "
                            + why;
            // this host's own servlets may come up a moment after its port: that is no news
            if (failures == (access.isLocal() ? 10 : 1)) {
                LOG.warn("{}; trying again", trouble);
            } else {
                LOG.debug("{}; next attempt in {} ms", trouble, millis);
            }
        }
        timer.schedule(() -> executor.execute(this::dial), millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void up(SignalSocket opened) {
        boolean late;
        synchronized (state) {
            late = stopped || socket != null;
            if (!late) {
                socket = opened;
                registered = false;
                since = System.nanoTime();
            }
        }
        if (late) {
            opened.close("not needed");
            return;
        }
        opened.send(
                Wire.write(
                        new SignalMessage(
                                SignalMessage.REGISTER, self.value(), null, Wire.object())));
        timer.schedule(
                () -> executor.execute(() -> giveUpUnregistered(opened)),
                PATIENCE_SECONDS,
                TimeUnit.SECONDS);
    }

    private void giveUpUnregistered(SignalSocket opened) {
        boolean hangs;
        synchronized (state) {
            hangs = socket == opened && !registered;
        }
        if (hangs) {
            opened.close("no peer_list");
            down(opened, 0, "it did not answer register");
        }
    }

    @Override
    public void frame(SignalSocket from, String text) {
        SignalMessage message;
        try {
            message = Wire.signal(text);
        } catch (ProtocolException e) {
            LOG.warn("the registry sent a frame that cannot be read: {}", e.getMessage());
            return;
        }
        boolean fromRegistry = SignalMessage.REGISTRY.equals(message.peerId());
        if (!fromRegistry && !AgentId.isValid(message.peerId())) {
            LOG.warn("a frame of {} without a sender was dropped", message.type());
            return;
        }
        if (fromRegistry && SignalMessage.PEER_LIST.equals(message.type())) {
            registered(from, message.payload().path("peers"));
        } else if (fromRegistry && SignalMessage.RENEW.equals(message.type())) {
            renew(from);
        } else if (ready == from) {
            owner.received(message, fromRegistry);
        }
    }

    /** The token of this socket ends soon: a fresh one keeps it open. The registry asks again if none comes. */
    private void renew(SignalSocket open) {
        access.renew();
        access.token()
                .thenAccept(
                        token ->
                                open.send(
                                        Wire.write(
                                                new SignalMessage(
                                                        SignalMessage.RENEW,
                                                        self.value(),
                                                        null,
                                                        Wire.object().put("token", token)))))
                .exceptionally(
                        e -> {
                            LOG.warn(
                                    "no fresh token for the open connection to the registry yet: {}",
                                    Failure.words(e));
                            return null;
                        });
    }

    private void registered(SignalSocket from, JsonNode peers) {
        List<AgentId> others = new ArrayList<>();
        for (JsonNode peer : peers) {
            String id = peer.isTextual() ? peer.asText() : "";
            if (AgentId.isValid(id) && !id.equals(self.value())) {
                others.add(new AgentId(id));
            }
        }
        synchronized (state) {
            if (socket != from || registered) {
                return;
            }
            registered = true;
            failures = 0;
            refusals = 0;
            trouble = "";
            ready = from;
        }
        LOG.info(
                "connected to the registry {} as {}, {} other(s) there",
                access.base().map(URI::toString).orElse(""),
                self,
                others.size());
        owner.connected(List.copyOf(others));
    }

    @Override
    public void down(SignalSocket gone, int code, String reason) {
        boolean wasReady;
        synchronized (state) {
            if (socket != gone) {
                return;
            }
            socket = null;
            wasReady = registered;
            registered = false;
            ready = null;
            if (wasReady && System.nanoTime() - since > HELD_NANOS) {
                backoff.reset();
            }
            if (stopped) {
                return;
            }
        }
        if (wasReady) {
            owner.disconnected();
        }
        access.renew(); // the registry may have a new key; a new token costs little
        switch (code) {
            case REPLACED ->
                    retry(
                            "another host took the place of "
                                    + self
                                    + "; each host needs a data directory and a pairing of its own",
                            SLOW_MILLIS);
            case DUPLICATE ->
                    retry(
                            "another host with the key of "
                                    + self
                                    + " is connected; stop it, or give this one a data directory and a pairing of its own",
                            backoff.next());
            case EXPIRED -> retry(reason, backoff.next());
            case REVOKED -> retry("membership revoked or unknown: pair again", SLOW_MILLIS);
            default -> retryElsewhere(reason, backoff.next());
        }
    }

    /** Probes the socket. */
    void keepAlive(long maxSilenceNanos) {
        SignalSocket open;
        synchronized (state) {
            open = socket;
        }
        if (open != null) {
            open.keepAlive(maxSilenceNanos);
        }
    }

    /** The network changed: a socket that went with it is replaced soon, and not after a long silence.
     * @param gone whether this machine lost an address: a socket that is well and slow is replaced, too, rather than waited for */
    void probe(boolean gone) {
        SignalSocket open;
        synchronized (state) {
            open = socket;
        }
        if (open != null) {
            open.probe(timer, executor, gone ? GONE_MILLIS : PROBE_MILLIS);
        } else {
            backoff.reset();
        }
    }

    boolean isConnected() {
        return ready != null;
    }

    /** Sends a frame.
     * @return false if not registered, or the queue is full */
    boolean send(String frame) {
        SignalSocket open = ready;
        return open != null && open.send(frame);
    }

    /** Why there is no connection; "" if there is one. */
    String trouble() {
        return trouble;
    }

    /** Ends for good. */
    void stop() {
        SignalSocket open;
        synchronized (state) {
            stopped = true;
            open = socket;
            socket = null;
            ready = null;
        }
        if (open != null) {
            open.close("host stops").join();
        }
    }

    /** Hears of the registered socket; called one at a time but for {@link #disconnected}. */
    interface Owner {
        /** Registered. */
        void connected(List<AgentId> peers);

        /** A message arrived. */
        void received(SignalMessage message, boolean fromRegistry);

        /** The registered socket is gone. */
        void disconnected();
    }
}
