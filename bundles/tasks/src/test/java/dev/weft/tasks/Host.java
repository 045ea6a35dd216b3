package dev.weft.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A host as the engine sees it: real engine and threads, and a mesh and directory in memory that hosts can share. */
final class Host implements AutoCloseable, Mesh, AgentDirectory, Events, HostIdentity {
    static {
        // what waits for something good waits as long as a busy machine may take
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    record Said(String type, JsonNode payload) {}

    final AgentId id;
    final FakeSkills skills = new FakeSkills();
    final List<Said> events = new CopyOnWriteArrayList<>();
    final List<Said> sent = new CopyOnWriteArrayList<>();
    final Map<AgentId, Host> linked = new ConcurrentHashMap<>();
    final Map<String, KnownAgent> known = new ConcurrentHashMap<>();
    final TaskEngine engine;
    final PeerTasks peerTasks;
    final TraceQueries traceQueries;

    /** Answers requests in place of a linked host. */
    volatile BiFunction<JsonNode, Consumer<MeshMessage>, CompletableFuture<MeshMessage>> stranger;

    /** What comes back is dropped, as by a link that breaks. */
    volatile boolean loseAnswers;

    private final java.nio.file.Path folder;
    private final boolean isTemporary;
    private final AtomicInteger requests = new AtomicInteger();

    /** When the links came up; another number is another link. */
    private final AtomicInteger since = new AtomicInteger(1);

    private final ExecutorService executor;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    Host(String name) {
        this(name, 64, 128);
    }

    Host(String name, int threads, int maxRunning) {
        this(name, threads, Map.of("max_running", maxRunning, "max_waiting", 0), null);
    }

    /**
     * @param settings what differs from the usual configuration
     * @param data where the host keeps its journal; null for a folder that goes with it
     */
    Host(String name, int threads, Map<String, Object> settings, java.nio.file.Path data) {
        id = new AgentId(name);
        folder = data == null ? temporary() : data;
        isTemporary = data == null;
        executor =
                new ThreadPoolExecutor(0, threads, 1, TimeUnit.SECONDS, new SynchronousQueue<>());
        Map<String, Object> all =
                new HashMap<>(
                        Map.of(
                                "max_running", 128,
                                "history", 20,
                                "history_mib", 1,
                                "max_waiting", 100,
                                "max_waiting_mib", 1,
                                "max_per_source", 96,
                                "max_per_skill", new String[0],
                                "max_asking", 4,
                                "permissions", new String[0]));
        all.putAll(Map.of("outcomes", 1000, "outcomes_mib", 4, "skills_wait", 0));
        all.putAll(settings);
        TaskEngine.Config config = stub(TaskEngine.Config.class, all);
        ServiceReference<Mesh> mesh = reference();
        ServiceReference<AgentDirectory> directory = reference();
        try {
            engine =
                    new TaskEngine(
                            stub(
                                    BundleContext.class,
                                    Map.of("getService", this, "getProperty", folder.toString())),
                            config,
                            this,
                            skills,
                            this,
                            executor,
                            timer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        engine.setMesh(mesh);
        engine.setDirectory(directory);
        peerTasks = new PeerTasks(engine, skills);
        traceQueries = new TraceQueries(engine);
    }

    private static java.nio.file.Path temporary() {
        try {
            return java.nio.file.Files.createTempDirectory("weft-tasks");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @SuppressWarnings("unchecked")
    static <T> ServiceReference<T> reference() {
        return stub(ServiceReference.class, Map.of());
    }

    static <T> T stub(Class<T> type, Map<String, Object> answers) {
        return type.cast(
                Proxy.newProxyInstance(
                        Host.class.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, args) ->
                                method.getName().equals("equals")
                                        ? (Object) (proxy == args[0])
                                        : answers.get(method.getName())));
    }

    void link(Host other) {
        linked.put(other.id, other);
        other.linked.put(id, this);
        learn(other, "active", 0);
        other.learn(this, "active", 0);
    }

    /** All links broke, and came up again. */
    void relink() {
        since.incrementAndGet();
    }

    void learn(Host other, String health, double load) {
        List<SkillCard> cards = other.skills.installed();
        AgentCard card =
                new AgentCard(
                        other.id,
                        "",
                        "",
                        0,
                        "",
                        null,
                        "",
                        "",
                        "the-" + other.id,
                        cards,
                        Map.of(),
                        "",
                        "",
                        "key",
                        load);
        known.put(other.id.value(), new KnownAgent(card, health, false));
    }

    TaskHandle submit(String skill, JsonNode input) {
        return submit(skill, input, Optional.empty(), Duration.ofSeconds(20));
    }

    TaskHandle submit(String skill, JsonNode input, Optional<String> target, Duration ttl) {
        return engine.submit(new TaskRequest(skill, input, target, id, ttl, 0));
    }

    List<String> states(String task) {
        return events.stream()
                .filter(
                        said ->
                                said.payload.path("id").asText().equals(task)
                                        && said.payload.has("state"))
                .map(said -> said.type.substring(5))
                .toList();
    }

    // the mesh

    @Override
    public CompletableFuture<MeshMessage> request(
            AgentId target,
            String type,
            JsonNode payload,
            Duration timeout,
            Consumer<MeshMessage> interim) {
        sent.add(new Said(type, payload));
        if (stranger != null) {
            return stranger.apply(payload, interim);
        }
        Host other = linked.get(target);
        CompletableFuture<MeshMessage> answer = new CompletableFuture<>();
        if (other == null) {
            answer.completeExceptionally(new MeshException("unreachable", "no link"));
            return answer;
        }
        MeshMessage message =
                new MeshMessage(
                        type,
                        "r" + requests.incrementAndGet(),
                        id.value(),
                        target.value(),
                        payload);
        MessageHandler handler =
                type.equals(MeshMessage.TRACE_QUERY) ? other.traceQueries : other.peerTasks;
        handler.handle(
                id,
                message,
                (answerType, answerPayload) -> {
                    if (loseAnswers) {
                        return true;
                    }
                    MeshMessage back = message.respond(answerType, answerPayload);
                    if (answerType.endsWith("_response")) {
                        if (!answer.complete(back) && !answer.isCancelled()) {
                            throw new AssertionError("answered twice");
                        }
                    } else {
                        interim.accept(back);
                    }
                    return true;
                });
        return answer;
    }

    @Override
    public CompletableFuture<Void> send(
            AgentId target, String type, String requestId, JsonNode payload) {
        sent.add(new Said(type, payload));
        Host other = linked.get(target);
        if (other != null) {
            other.peerTasks.handle(
                    id,
                    new MeshMessage(type, requestId, id.value(), target.value(), payload),
                    nowhere());
        }
        return CompletableFuture.completedFuture(null);
    }

    static MessageHandler.Reply nowhere() {
        return (type, payload) -> {
            throw new AssertionError("no answer expected, got " + type);
        };
    }

    @Override
    public List<Peer> peers() {
        return linked.keySet().stream()
                .map(peer -> new Peer(peer, peer.value(), Path.P2P, 1, 0, 0, "", since.get()))
                .toList();
    }

    @Override
    public Optional<Peer> peer(AgentId peer) {
        return peers().stream().filter(one -> one.id().equals(peer)).findFirst();
    }

    // the directory

    @Override
    public Collection<KnownAgent> agents() {
        return List.copyOf(known.values());
    }

    @Override
    public Optional<KnownAgent> find(String idOrName) {
        return known.values().stream()
                .filter(
                        agent ->
                                agent.card().agentId().value().equals(idOrName)
                                        || agent.card().name().equals(idOrName))
                .findFirst();
    }

    @Override
    public void learned(AgentId who, AgentCard card) {
        throw new UnsupportedOperationException();
    }

    // events

    @Override
    public void publish(String type, Object data) {
        events.add(new Said(type, Wire.node(data)));
    }

    @Override
    public Subscription subscribe(long after, Consumer<Event> subscriber) {
        throw new UnsupportedOperationException();
    }

    // identity

    @Override
    public AgentId agentId() {
        return id;
    }

    @Override
    public String name() {
        return "the-" + id;
    }

    @Override
    public String publicKey() {
        return "";
    }

    @Override
    public byte[] sign(byte[] message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> deviceToken() {
        return Optional.empty();
    }

    @Override
    public void close() {
        engine.stop();
        executor.shutdownNow();
        timer.shutdownNow();
        Awaitility.await("the threads of skills").until(executor::isTerminated);
        if (isTemporary) {
            try (var files = java.nio.file.Files.walk(folder)) {
                files.sorted(java.util.Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
