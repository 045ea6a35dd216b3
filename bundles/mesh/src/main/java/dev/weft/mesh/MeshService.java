package dev.weft.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.event.Events;
import dev.weft.api.health.Measures;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.mesh.DirectoryListener;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkListener;
import dev.weft.api.mesh.LinkUser;
import dev.weft.api.mesh.Mesh;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.MessageHandler;
import dev.weft.api.mesh.Path;
import dev.weft.api.mesh.Peer;
import dev.weft.api.mesh.Transport;
import dev.weft.api.signaling.SignalListener;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;

/** The mesh as other rooms see it. Transports and handlers are got late: most of them need the mesh to come up. */
@Component(
        immediate = true,
        configurationPid = MeshConfig.PID,
        service = {
            Mesh.class,
            LinkListener.class,
            DirectoryListener.class,
            SignalListener.class,
            Measures.class
        })
@Designate(ocd = MeshConfig.class)
public final class MeshService
        implements Mesh, LinkListener, DirectoryListener, SignalListener, Measures {
    private final Handlers handlers = new Handlers();
    private final Links links = new Links();
    private final AgentId self;
    private final Dialer dialer;
    private final Redial redial;
    private final PeerNews news;
    private final Pending pending;
    private final Post post;
    private final LinkCare care;
    private final Sessions sessions;
    private final List<Late<LinkUser>> users = new CopyOnWriteArrayList<>();
    private volatile boolean stopped;

    /** Starts without links.
     * @param config which links this host keeps
     * @param identity who this host is
     * @param directory names and health for messages to people
     * @param cards the card that greets a new peer
     * @param events the journal
     * @param blocking runs what must not hold up a timer
     * @param timer paces */
    @Activate
    public MeshService(
            MeshConfig config,
            @Reference HostIdentity identity,
            @Reference AgentDirectory directory,
            @Reference CardSource cards,
            @Reference Events events,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        self = identity.agentId();
        dialer = new Dialer(directory, timer);
        news = new PeerNews(links, directory, events);
        pending = new Pending(timer, blocking);
        DialPolicy policy = DialPolicy.of(config);
        redial = new Redial(self, policy, links, directory, dialer, timer);
        sessions =
                new Sessions(identity, links, dialer, pending, directory, cards, blocking, timer);
        post = sessions.post();
        care =
                new LinkCare(
                        links, post, news, policy, redial, this::needed, sessions, timer, blocking);
        sessions.handledBy(new Switchboard(pending, handlers, post, links, care, sessions.drops()));
        care.start();
    }

    /** A transport came.
     * @param objects the transport */
    @Reference(
            service = Transport.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addTransport(ComponentServiceObjects<Transport> objects) {
        dialer.add(objects);
    }

    /** A transport went; it closes its links itself.
     * @param reference the transport */
    public void removeTransport(ServiceReference<Transport> reference) {
        dialer.remove(reference);
    }

    /** A handler came.
     * @param objects the handler, its types in its properties */
    @Reference(
            service = MessageHandler.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addHandler(ComponentServiceObjects<MessageHandler> objects) {
        handlers.add(objects);
    }

    /** A handler went.
     * @param reference the handler */
    public void removeHandler(ServiceReference<MessageHandler> reference) {
        handlers.remove(reference);
    }

    /** A room that works for peers came.
     * @param objects the room */
    @Reference(
            service = LinkUser.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addUser(ComponentServiceObjects<LinkUser> objects) {
        users.add(new Late<>(objects));
    }

    /** A room went.
     * @param reference the room */
    public void removeUser(ServiceReference<LinkUser> reference) {
        users.removeIf(late -> late.holds(reference));
    }

    /** Whether an answer of a peer is awaited, or the peer awaits one. */
    boolean needed(AgentId peer) {
        return pending.waitsFor(peer)
                || users.stream().map(Late::get).anyMatch(user -> user != null && user.needs(peer));
    }

    /** Fails what waits and closes all links. */
    @Deactivate
    public void close() {
        stopped = true;
        redial.stop();
        care.stop();
        pending.stop();
        links.all().forEach(wired -> wired.link.close("host stops"));
    }

    @Override
    public CompletableFuture<MeshMessage> request(
            AgentId target,
            String type,
            JsonNode payload,
            Duration timeout,
            Consumer<MeshMessage> interim) {
        Pending.Request request;
        try {
            check(target);
            request = pending.open(target, timeout, interim);
        } catch (MeshException e) {
            return CompletableFuture.failedFuture(e);
        }
        post.deliver(
                new MeshMessage(type, request.id, self.value(), target.value(), payload),
                target,
                request::sentOn,
                request.answer,
                null);
        if (MeshMessage.AGENT_PROMPT.equals(type)) {
            Pending.Request prompt = request;
            request.answer.whenComplete((answer, failure) -> giveUp(target, prompt));
        }
        if (stopped) {
            pending.stop(); // the host began to stop after the check above
        }
        return request.answer;
    }

    /** A prompt costs the peer much: nobody waits for it any more. */
    private void giveUp(AgentId target, Pending.Request prompt) {
        if (prompt.answer.isCancelled() && prompt.link != null) {
            send(target, MeshMessage.AGENT_CANCEL, prompt.id, Wire.object());
        }
    }

    @Override
    public CompletableFuture<Void> send(
            AgentId target, String type, String requestId, JsonNode payload) {
        return send(
                target, new MeshMessage(type, requestId, self.value(), target.value(), payload));
    }

    private CompletableFuture<Void> send(AgentId target, MeshMessage message) {
        CompletableFuture<Void> left = new CompletableFuture<>();
        try {
            check(target);
        } catch (MeshException e) {
            return CompletableFuture.failedFuture(e);
        }
        post.deliver(message, target, link -> {}, left, () -> left.complete(null));
        return left;
    }

    @Override
    public Map<AgentId, CompletableFuture<Void>> broadcast(String type, JsonNode payload) {
        MeshMessage message =
                new MeshMessage(type, "", self.value(), MeshMessage.EVERYONE, payload);
        Map<AgentId, CompletableFuture<Void>> left = new LinkedHashMap<>();
        peers().forEach(peer -> left.put(peer.id(), send(peer.id(), message)));
        return left;
    }

    private void check(AgentId target) {
        if (stopped) {
            throw new MeshException("stopped", "this host is stopping");
        }
        if (target.equals(self)) {
            throw new MeshException(
                    "unreachable",
                    target + " is this host itself: nothing is sent over the mesh to it");
        }
    }

    @Override
    public List<Peer> peers() {
        return news.peers();
    }

    @Override
    public Optional<Peer> peer(AgentId id) {
        return news.peer(id);
    }

    @Override
    public void opened(Link link) {
        if (stopped) {
            link.close("host stops");
        } else {
            care.opened(link);
        }
    }

    @Override
    public void received(Link link, String frame) {
        received(link, frame.getBytes(StandardCharsets.UTF_8), false);
    }

    @Override
    public void received(Link link, byte[] frame, boolean binary) {
        if (!stopped) {
            sessions.of(link.peer()).received(link, frame, binary);
        }
    }

    @Override
    public void writable(Link link) {
        sessions.of(link.peer()).writable();
    }

    @Override
    public void closed(Link link, String reason) {
        Links.Wired wired = links.remove(link);
        if (stopped) {
            pending.lost(link, reason);
        } else {
            sessions.of(link.peer()).closed(link, reason);
        }
        news.look(link.peer());
        if (wired != null && link.path() != Path.RELAY && !links.hasDirect(link.peer())) {
            redial.lost(link.peer(), System.nanoTime() - wired.openedAt);
        }
    }

    @Override
    public void changed(AgentDirectory.KnownAgent agent) {
        news.look(agent.card().agentId());
        redial.appeared(agent);
    }

    @Override
    public void removed(AgentId id) {
        redial.forget(id);
        sessions.end(id, "it is no longer of this mesh");
        care.cut(id, "it is no longer of this mesh");
    }

    @Override
    public void connected(List<AgentId> peers) {
        redial.connected(peers);
    }

    @Override
    public void disconnected() {
        redial.disconnected();
    }

    @Override
    public void received(SignalMessage message) {
        // of no concern here
    }

    @Override
    public Collection<Measure> measure() {
        List<Measure> all = new ArrayList<>(sessions.drops().measure());
        all.add(
                Measure.gauge(
                        "weft_mesh_requests", "Requests that wait for a peer", pending.size()));
        for (Path path : Path.values()) {
            all.add(
                    new Measure(
                            "weft_mesh_links",
                            "Peers with a link, by the path in use",
                            false,
                            Map.of("path", path.wireName()),
                            peers().stream().filter(peer -> peer.path() == path).count()));
        }
        return all;
    }

    /** Counts of what was dropped. */
    Drops drops() {
        return sessions.drops();
    }

    /** How many requests wait. */
    int waiting() {
        return pending.size();
    }
}
