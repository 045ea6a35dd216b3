package dev.weft.transport.webrtc;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;

/** Signaling without a network: delivers in order on one thread, and drops, holds back or changes messages as a test wants. */
final class Hub implements AutoCloseable {
    private final Map<AgentId, TestHost> hosts = new ConcurrentHashMap<>();
    private final ExecutorService wire =
            Executors.newSingleThreadExecutor(task -> new Thread(task, "hub"));
    private final Queue<SignalMessage> held = new ConcurrentLinkedQueue<>();
    final Queue<SignalMessage> seen = new ConcurrentLinkedQueue<>();
    volatile Predicate<SignalMessage> drop = message -> false;
    volatile Predicate<SignalMessage> hold = message -> false;
    volatile Function<SignalMessage, SignalMessage> change = Function.identity();

    void join(TestHost host) {
        hosts.put(host.id, host);
    }

    boolean connected(AgentId id) {
        return hosts.containsKey(id);
    }

    void leave(TestHost host) {
        if (hosts.remove(host.id, host)) {
            wire.execute(host.transport::disconnected);
        }
    }

    boolean send(AgentId from, String type, AgentId to, JsonNode payload) {
        if (!connected(from)) {
            return false;
        }
        SignalMessage message = new SignalMessage(type, from.value(), to.value(), payload);
        seen.add(message);
        if (hold.test(message)) {
            held.add(message);
        } else if (!drop.test(message)) {
            deliver(message);
        }
        return true;
    }

    List<SignalMessage> held() {
        return List.copyOf(held);
    }

    /** Delivers what was held back, in this order. */
    void release(List<SignalMessage> order) {
        hold = message -> false;
        held.removeAll(order);
        order.forEach(this::deliver);
    }

    /** Lets one held message through, so many times; others stay. */
    void pass(SignalMessage message, int times) {
        if (held.remove(message)) {
            for (int i = 0; i < times; i++) {
                deliver(message);
            }
        }
    }

    void deliver(SignalMessage original) {
        SignalMessage message = change.apply(original);
        wire.execute(
                () -> {
                    TestHost target = hosts.get(new AgentId(message.targetId()));
                    TestHost sender = hosts.get(new AgentId(message.peerId()));
                    if (target != null) {
                        target.transport.received(message);
                    } else if (sender != null) {
                        sender.transport.received(
                                new SignalMessage(
                                        SignalMessage.ERROR,
                                        SignalMessage.REGISTRY,
                                        null,
                                        Wire.object()
                                                .put("code", "peer_unreachable")
                                                .put(
                                                        "message",
                                                        message.targetId() + " is not connected")
                                                .set(
                                                        "ref",
                                                        Wire.object()
                                                                .put("type", message.type())
                                                                .put(
                                                                        "target_id",
                                                                        message.targetId()))));
                    }
                });
    }

    /** A message of the registry itself. */
    void push(TestHost to, String type, JsonNode payload) {
        wire.execute(
                () ->
                        to.transport.received(
                                new SignalMessage(type, SignalMessage.REGISTRY, null, payload)));
    }

    @Override
    public void close() {
        hosts.values().forEach(TestHost::close);
        wire.shutdownNow();
    }
}
