package dev.weft.signaling;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.weft.api.registry.AgentRecord;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is told to every socket: agents that came, changed and left. With few sockets at once; with many, what happens in a short time
 * goes out together, so that a thousand hosts which come back at once do not cost a million frames. An agent that left for
 * good is never waited with. Thread-safe.
 */
final class PeerNews {
    private static final Logger LOG = LoggerFactory.getLogger(PeerNews.class);
    private static final int FEW = 32;
    private static final long PAUSE_NANOS_A_SOCKET = 100_000;
    private static final int FRAME_CHARACTERS = 64 << 10; // of at most three bytes
    private static final String DISCONNECTED = "disconnected";

    /** The latest of one agent.
     * @param record null if it did not change
     * @param disconnected whether its socket closed after that */
    private record Latest(AgentRecord record, boolean disconnected) {}

    /** One frame.
     * @param about the one agent that it tells of, who needs not hear it; null if there are several */
    private record Frame(AgentId about, String text) {}

    private final Map<AgentId, Latest> waiting = new LinkedHashMap<>();
    private final Map<AgentId, String> goneForGood = new LinkedHashMap<>();
    private final IntSupplier sockets;
    private final BiConsumer<AgentId, String> push;
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer;
    private boolean telling;
    private boolean planned;
    private long told = System.nanoTime() - TimeUnit.HOURS.toNanos(1);

    /** Starts with nothing to tell.
     * @param sockets how many there are
     * @param push sends a frame to all of them but one agent's, null for none
     * @param blocking tells what waited
     * @param timer says when */
    PeerNews(
            IntSupplier sockets,
            BiConsumer<AgentId, String> push,
            ExecutorService blocking,
            ScheduledExecutorService timer) {
        this.sockets = sockets;
        this.push = push;
        this.blocking = blocking;
        this.timer = timer;
    }

    /** An agent came or changed. */
    void changed(AgentRecord agent) {
        AgentId id = agent.card().agentId();
        boolean now;
        synchronized (this) {
            waiting.remove(id);
            waiting.put(id, new Latest(agent, false));
            now = isDue();
        }
        if (now) {
            tell();
        }
    }

    /** An agent left, or only its socket closed. */
    void left(AgentId id, String reason) {
        boolean now;
        synchronized (this) {
            Latest before = waiting.remove(id);
            if (DISCONNECTED.equals(reason)) {
                waiting.put(id, new Latest(before == null ? null : before.record(), true));
                now = isDue();
            } else {
                goneForGood.put(id, reason);
                now = !telling; // else whoever tells goes on with it
                telling = true;
            }
        }
        if (now) {
            tell();
        }
    }

    private boolean isDue() {
        if (telling || planned) {
            return false;
        }
        long wait = told + pause() - System.nanoTime();
        if (wait > 0) {
            plan(wait);
        } else {
            telling = true;
        }
        return telling;
    }

    private long pause() {
        return Math.max(0, sockets.getAsInt() - FEW) * PAUSE_NANOS_A_SOCKET;
    }

    private void plan(long wait) {
        planned = true;
        try {
            timer.schedule(this::handOver, wait, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException stopping) {
            LOG.debug("news of agents are not told any more: this host stops");
        }
    }

    private void handOver() {
        try {
            blocking.execute(this::tellPlanned);
        } catch (RejectedExecutionException busy) {
            synchronized (this) {
                plan(TimeUnit.MILLISECONDS.toNanos(100));
            }
        }
    }

    private void tellPlanned() {
        synchronized (this) {
            planned = false;
            if (telling) {
                return; // whoever tells plans what is left
            }
            telling = true;
        }
        tell();
    }

    /** Tells what waits; one thread at a time. */
    private void tell() {
        do {
            try {
                take().forEach(frame -> push.accept(frame.about(), frame.text()));
            } catch (RuntimeException e) {
                LOG.warn("news of agents were not told to all", e);
            }
        } while (goesOn());
    }

    private synchronized boolean goesOn() {
        told = System.nanoTime();
        long pause = pause();
        if (!goneForGood.isEmpty() || !waiting.isEmpty() && pause == 0) {
            return true;
        }
        telling = false;
        if (!waiting.isEmpty() && !planned) {
            plan(pause);
        }
        return false;
    }

    private List<Frame> take() {
        Map<AgentId, String> gone;
        Map<AgentId, Latest> latest;
        synchronized (this) {
            gone = new LinkedHashMap<>(goneForGood);
            latest = new LinkedHashMap<>(waiting);
            goneForGood.clear();
            waiting.clear();
        }
        List<Frame> frames = new ArrayList<>();
        gone.forEach((id, reason) -> frames.add(leaving(id, reason)));
        if (latest.size() == 1) {
            latest.forEach((id, one) -> single(id, one, frames));
        } else {
            together(latest, frames);
        }
        return frames;
    }

    private static void single(AgentId id, Latest one, List<Frame> frames) {
        if (one.record() != null) {
            frames.add(
                    new Frame(
                            id,
                            Wire.write(
                                    message(SignalMessage.PEER_JOINED, Wire.node(one.record())))));
        }
        if (one.disconnected()) {
            frames.add(leaving(id, DISCONNECTED));
        }
    }

    private static Frame leaving(AgentId id, String reason) {
        var payload = Wire.object().put("peer_id", id.value()).put("reason", reason);
        return new Frame(id, Wire.write(message(SignalMessage.PEER_LEFT, payload)));
    }

    private static void together(Map<AgentId, Latest> latest, List<Frame> frames) {
        var payload = Wire.object();
        int size = 0;
        for (Map.Entry<AgentId, Latest> entry : latest.entrySet()) {
            AgentRecord record = entry.getValue().record();
            if (record != null) {
                String text = Wire.write((Object) record);
                if (size > 0 && size + text.length() > FRAME_CHARACTERS) {
                    frames.add(
                            new Frame(
                                    null,
                                    Wire.write(message(SignalMessage.PEERS_CHANGED, payload))));
                    payload = Wire.object();
                    size = 0;
                }
                size += text.length();
                payload.withArray("joined").addRawValue(new RawValue(text));
            }
            if (entry.getValue().disconnected()) {
                size += 100;
                payload.withArray("left")
                        .addObject()
                        .put("peer_id", entry.getKey().value())
                        .put("reason", DISCONNECTED);
            }
        }
        if (size > 0) {
            frames.add(new Frame(null, Wire.write(message(SignalMessage.PEERS_CHANGED, payload))));
        }
    }

    private static SignalMessage message(String type, JsonNode payload) {
        return new SignalMessage(type, SignalMessage.REGISTRY, null, payload);
    }
}
