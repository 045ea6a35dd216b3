package dev.weft.signaling;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.cluster.Cluster;
import dev.weft.api.identity.Principal;
import dev.weft.api.registry.AgentRecord;
import dev.weft.api.registry.Pairing;
import dev.weft.api.registry.Registry;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import dev.weft.store.TestCluster;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A registry and a pairing desk that remember what they were asked, and the executors of a host. */
final class Mesh implements Registry {
    static {
        // what waits for something good waits as long as a busy machine may take
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    static final AgentId A = new AgentId("agent-a");
    static final AgentId B = new AgentId("agent-b");
    static final AgentId C = new AgentId("agent-c");
    final List<String> heard = new CopyOnWriteArrayList<>();
    final List<AgentId> revoked = new CopyOnWriteArrayList<>();
    final Set<AgentId> members = ConcurrentHashMap.newKeySet();
    final ExecutorService blocking = Executors.newFixedThreadPool(2);
    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    final Pairing pairing = new Members();

    Mesh() {
        members.addAll(List.of(A, B, C));
    }

    Hub hub(SignalingConfig config) {
        return hub(config, TestCluster.alone());
    }

    /** One host of a registry. */
    Hub hub(SignalingConfig config, Cluster cluster) {
        return new Hub(this, pairing, cluster, blocking, timer, config);
    }

    static AgentRecord record(AgentId id, boolean connected) {
        AgentCard card = Wire.as(Wire.object().put("agent_id", id.value()), AgentCard.class);
        return new AgentRecord(
                card,
                AgentRecord.Health.ACTIVE,
                connected,
                "2026-03-01T12:00:00Z",
                "2026-03-01T12:00:00Z");
    }

    /** A token that is good for a while. */
    static Admission.Pass pass(AgentId id) {
        return new Admission.Pass(id, System.nanoTime() + TimeUnit.MINUTES.toNanos(5));
    }

    /** Lets agents in by tokens {@code agent:ID}, for five minutes. */
    static Admission admission(Hub hub) {
        return new Admission(new TextTokens(), hub);
    }

    void close() throws InterruptedException {
        timer.shutdownNow();
        blocking.shutdownNow();
        if (!timer.awaitTermination(30, TimeUnit.SECONDS)
                || !blocking.awaitTermination(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("threads are left");
        }
    }

    @Override
    public AgentRecord register(AgentCard card) {
        throw new UnsupportedOperationException();
    }

    @Override
    public AgentRecord heartbeat(AgentId id, JsonNode changes) {
        heard.add("heartbeat " + id);
        return record(id, true);
    }

    @Override
    public boolean remove(AgentId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<AgentRecord> list() {
        return List.of();
    }

    @Override
    public Optional<AgentRecord> find(AgentId id) {
        return Optional.of(record(id, true));
    }

    @Override
    public Optional<AgentRecord> route(String skill, AgentId caller) {
        return Optional.empty();
    }

    @Override
    public void connected(AgentId id, boolean connected) {
        heard.add(id + (connected ? " open" : " closed"));
    }

    private final class Members implements Pairing {
        @Override
        public Code generateCode(String createdBy) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Answer pair(Request request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Entry> list(boolean pendingOnly) {
            return List.of();
        }

        @Override
        public Optional<Entry> approve(String idOrName) {
            return Optional.empty();
        }

        @Override
        public Optional<Entry> reject(String idOrName) {
            return Optional.empty();
        }

        @Override
        public Optional<Entry> revoke(String idOrName) {
            return Optional.empty();
        }

        @Override
        public Optional<Principal> verifyDeviceToken(String token) {
            return Optional.empty();
        }

        @Override
        public List<AgentId> revoked(int most) {
            return revoked;
        }

        @Override
        public boolean isApproved(AgentId id) {
            return members.contains(id);
        }
    }

    /** Configuration with times that a test chooses. */
    record Config(
            int ping__seconds, int silence__seconds, int messages__per__second, int max__sockets)
            implements SignalingConfig {
        static final Config DEFAULT = new Config(20, 60, 500, 3);

        @Override
        public Class<? extends Annotation> annotationType() {
            return SignalingConfig.class;
        }
    }
}
