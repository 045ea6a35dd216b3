package dev.weft.host.bench;

import dev.weft.api.identity.HostKey;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/** Many hosts in one process, of which each wants a direct link to every other one. */
final class MeshCrowd implements AutoCloseable {
    private final Map<AgentId, MeshHost> hosts = new ConcurrentHashMap<>();
    private final List<AgentId> ids = new ArrayList<>();

    /** In a registry's place: one thread, so that all that is sent arrives in order. */
    private final ExecutorService registry = Executors.newSingleThreadExecutor();

    MeshCrowd(int count, Path folder) throws Exception {
        Map<AgentId, String> keys = new ConcurrentHashMap<>();
        for (int i = 0; i < count; i++) {
            AgentId id = new AgentId("bench-" + (char) ('a' + i / 10) + i % 10);
            HostKey key = HostKey.loadOrCreate(folder.resolve(id + ".key"));
            hosts.put(id, new MeshHost(id.value(), key, "all", this::carry));
            ids.add(id);
            keys.put(id, key.publicKey());
        }
        hosts.values().forEach(host -> keys.forEach((id, key) -> host.knows(id.value(), key)));
    }

    private void carry(SignalMessage message) {
        registry.execute(() -> hosts.get(new AgentId(message.targetId())).received(message));
    }

    /** Lets one after the other arrive, as at a registry: each calls those that are there. */
    void run(Consumer<String> say) {
        long start = System.nanoTime();
        for (int i = 0; i < ids.size(); i++) {
            hosts.get(ids.get(i)).connected(ids.subList(0, i));
        }
        for (AgentId one : ids) {
            for (AgentId other : ids) {
                if (one != other) {
                    MeshCold.awaitDirect(hosts.get(one).mesh(), other);
                }
            }
        }
        double millis = (System.nanoTime() - start) / 1e6;
        say.accept("F " + ids.size() + " hosts of one process, all linked|" + millis + "|ms|0");
    }

    @Override
    public void close() {
        hosts.values().forEach(MeshHost::close);
        registry.shutdownNow();
    }
}
