package dev.weft.mesh;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.mesh.Transport;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SkillCard;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** Hosts in one JVM, linked in memory. */
final class Net implements AutoCloseable {
    static {
        // what waits for something good waits as long as a busy machine may take
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    final ExecutorService blocking = Executors.newCachedThreadPool();
    final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(2);
    private final Map<AgentId, Host> hosts = new ConcurrentHashMap<>();

    Net() {
        timer.setRemoveOnCancelPolicy(true);
    }

    Host host(String id) {
        return host(id, Map.of("dial", "demand"));
    }

    Host host(String id, Map<String, Object> config) {
        Host host = new Host(new AgentId(id), config(config));
        hosts.put(host.id, host);
        return host;
    }

    private static MeshConfig config(Map<String, Object> values) {
        return new MeshConfig() {
            @Override
            public String dial() {
                return (String) values.getOrDefault("dial", "all");
            }

            @Override
            public String[] dial__labels() {
                return (String[]) values.getOrDefault("dial_labels", new String[0]);
            }

            @Override
            public int idle__seconds() {
                return (int) values.getOrDefault("idle_seconds", 300);
            }

            @Override
            public int max__links() {
                return (int) values.getOrDefault("max_links", 64);
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return MeshConfig.class;
            }
        };
    }

    MemoryLink link(Host a, Host b, Path path) {
        return MemoryLink.between(a.id, a.mesh, b.id, b.mesh, path);
    }

    @Override
    public void close() {
        hosts.values().forEach(host -> host.mesh.close());
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    /** A host. */
    final class Host implements HostIdentity, AgentDirectory, CardSource, Events {
        final AgentId id;
        final MeshService mesh;
        final Map<AgentId, AgentCard> learned = new ConcurrentHashMap<>();
        final List<String> events = new CopyOnWriteArrayList<>();
        final List<Path> changedTo = new CopyOnWriteArrayList<>();
        volatile List<SkillCard> skills = List.of();

        private Host(AgentId id, MeshConfig config) {
            this.id = id;
            this.mesh = new MeshService(config, this, this, this, this, blocking, timer);
            handle(new PingHandler(), "ping");
            handle(new CardHandler(this), "hello", "agent_status");
            handle(new SkillQueryHandler(this), "skill_query");
        }

        void handle(MessageHandler handler, String... types) {
            mesh.addHandler(Services.of(handler, Map.of(MessageHandler.TYPE, types)));
        }

        /** A transport that finds the other hosts of this net. */
        Host reaches(Path path) {
            return transport(
                    path,
                    peer -> {
                        Host other = hosts.get(peer);
                        return other == null
                                ? CompletableFuture.failedFuture(
                                        new LinkException("nobody is there"))
                                : CompletableFuture.completedFuture(link(this, other, path));
                    });
        }

        Host transport(
                Path path, java.util.function.Function<AgentId, CompletableFuture<Link>> connect) {
            mesh.addTransport(
                    Services.of(
                            new Transport() {
                                @Override
                                public Path path() {
                                    return path;
                                }

                                @Override
                                public CompletableFuture<Link> connect(AgentId peer) {
                                    return connect.apply(peer);
                                }
                            },
                            Map.of()));
            return this;
        }

        @Override
        public AgentId agentId() {
            return id;
        }

        @Override
        public String name() {
            return id.value();
        }

        @Override
        public String publicKey() {
            return "";
        }

        @Override
        public byte[] sign(byte[] message) {
            return new byte[64];
        }

        @Override
        public Optional<String> deviceToken() {
            return Optional.empty();
        }

        @Override
        public Collection<KnownAgent> agents() {
            return learned.values().stream()
                    .map(card -> new KnownAgent(card, "stale", false))
                    .toList();
        }

        @Override
        public Optional<KnownAgent> find(String idOrName) {
            return agents().stream()
                    .filter(agent -> agent.card().agentId().value().equals(idOrName))
                    .findFirst();
        }

        @Override
        public void learned(AgentId peer, AgentCard card) {
            if (peer.equals(card.agentId())) {
                learned.put(peer, card);
            }
        }

        @Override
        public void changed() {}

        @Override
        public AgentCard card() {
            return new AgentCard(
                    id,
                    "",
                    "",
                    0,
                    id.value(),
                    null,
                    "running",
                    "agent",
                    "label-of-" + id,
                    skills,
                    Map.of(),
                    "",
                    "",
                    "",
                    0);
        }

        @Override
        public void publish(String type, Object data) {
            if (type.equals("peer.changed") && data instanceof Peer peer) {
                changedTo.add(peer.path());
            }
            events.add(type);
        }

        @Override
        public Subscription subscribe(long after, Consumer<Event> subscriber) {
            throw new UnsupportedOperationException();
        }
    }
}
