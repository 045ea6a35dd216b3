package dev.weft.signaling.client;

import dev.weft.api.event.Event;
import dev.weft.api.event.Events;
import dev.weft.api.http.HttpAddress;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Tokens;
import dev.weft.api.mesh.CardListener;
import dev.weft.api.mesh.CardPart;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.SkillCard;
import java.lang.annotation.Annotation;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.awaitility.Awaitility;

/** The rooms around the signaling client, as far as it needs them. */
final class TestHost
        implements HostIdentity, Tokens, Events, SignalListener, CardPart, AutoCloseable {
    static {
        // what waits for something good waits as long as a busy machine may take
        Awaitility.setDefaultTimeout(Duration.ofSeconds(30));
    }

    /** What this thread hands over waits in {@link #held}; null for none. */
    volatile Thread late;

    final Queue<Runnable> held = new ConcurrentLinkedQueue<>();
    final ExecutorService blocking =
            new ThreadPoolExecutor(
                    0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>()) {
                @Override
                public void execute(Runnable work) {
                    if (Thread.currentThread() == late) {
                        held.add(work);
                    } else {
                        super.execute(work);
                    }
                }
            };
    final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2);
    final List<String> news = new CopyOnWriteArrayList<>();
    final List<String> events = new CopyOnWriteArrayList<>();
    final HostCard card =
            new HostCard("agent", "0.1.0", new String[] {"room=lab", "nonsense"}, this);
    final Directory directory = new Directory(agentId(), card, this, true, null);
    volatile Optional<String> deviceToken = Optional.of("dt_secret");
    volatile List<SkillCard> skills = List.of();
    int keepalive = 20;
    SignalingClient client;

    SignalingClient connect(String registry) {
        client =
                new SignalingClient(config(registry), this, this, card, directory, blocking, timer);
        client.addListener(Services.of((SignalListener) this, Map.of()));
        card.addPart(Services.of((CardPart) this, Map.of()));
        card.addListener(Services.of((CardListener) client, Map.of()));
        return client;
    }

    void http(URI uri) {
        client.setHttp(Services.of((HttpAddress) () -> uri, Map.of()));
    }

    private SignalingConfig config(String registry) {
        return new SignalingConfig() {
            @Override
            public String registry() {
                return registry;
            }

            @Override
            public int heartbeat__seconds() {
                return 3_600; // nothing comes by itself
            }

            @Override
            public int keepalive__seconds() {
                return keepalive;
            }

            @Override
            public int reconnect__max__seconds() {
                return 1;
            }

            @Override
            public int network__seconds() {
                return 2;
            }

            @Override
            public String[] labels() {
                return new String[0];
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return SignalingConfig.class;
            }
        };
    }

    @Override
    public void close() {
        if (client != null) {
            client.close();
        }
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    @Override
    public AgentId agentId() {
        return new AgentId("agent-me");
    }

    @Override
    public String name() {
        return "me";
    }

    @Override
    public String publicKey() {
        return "key";
    }

    @Override
    public byte[] sign(byte[] message) {
        return new byte[64];
    }

    @Override
    public Optional<String> deviceToken() {
        return deviceToken;
    }

    @Override
    public String issue(Principal principal) {
        return "local-" + principal.subject() + "-" + principal.role();
    }

    @Override
    public Optional<Principal> verify(String token) {
        return Optional.empty();
    }

    @Override
    public void publish(String type, Object data) {
        events.add(type);
    }

    @Override
    public Subscription subscribe(long after, Consumer<Event> subscriber) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void received(SignalMessage message) {
        news.add(message.type() + " from " + message.peerId());
    }

    @Override
    public void connected(List<AgentId> peers) {
        news.add("connected " + peers);
    }

    @Override
    public void disconnected() {
        news.add("disconnected");
    }

    @Override
    public List<SkillCard> skills() {
        return skills;
    }
}
