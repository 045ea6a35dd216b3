package dev.weft.signaling.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.http.HttpAddress;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import dev.weft.api.mesh.CardListener;
import dev.weft.api.mesh.CardSource;
import dev.weft.api.registry.InboxListener;
import dev.weft.api.registry.RegistryReports;
import dev.weft.api.signaling.IceServer;
import dev.weft.api.signaling.RegistryFiles;
import dev.weft.api.signaling.SignalListener;
import dev.weft.api.signaling.Signaling;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This host's part at its registry. What it binds is got late, since most of it needs the signaling to come up. */
@Component(
        immediate = true,
        configurationPid = SignalingConfig.PID,
        service = {
            Signaling.class,
            RegistryReports.class,
            RegistryFiles.class,
            CardListener.class,
            HealthCheck.class
        })
public final class SignalingClient
        implements Signaling, RegistryReports, RegistryFiles, CardListener, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(SignalingClient.class);

    private final Session session;
    private final AgentId self;
    private volatile Late<HttpAddress> http;

    /** Connects, if this host can.
     * @param config which registry
     * @param identity who this host is
     * @param tokens for a registry of its own
     * @param cards this host's card
     * @param directory gets what the registry tells
     * @param blocking runs what may take a while
     * @param timer paces */
    @Activate
    public SignalingClient(
            SignalingConfig config,
            @Reference HostIdentity identity,
            @Reference Tokens tokens,
            @Reference CardSource cards,
            @Reference Directory directory,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer) {
        this.self = identity.agentId();
        Spill executor = new Spill(blocking);
        Clients client = new Clients(executor);
        Rest rest = new Rest(client);
        Access access =
                "local".equals(config.registry())
                        ? new LocalAccess(
                                tokens,
                                new Principal(self.value(), Role.AGENT),
                                () -> http == null ? null : http.get())
                        : new RemoteAccess(rest, identity, config.registry());
        this.session =
                new Session(config, access, client, rest, cards, directory, executor, timer, self);
        session.start();
    }

    /** This host answers HTTP: if it is its own registry, it can connect now.
     * @param objects where */
    @Reference(
            service = HttpAddress.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setHttp(ComponentServiceObjects<HttpAddress> objects) {
        http = new Late<>(objects);
        session.dial();
    }

    /** This host no longer answers HTTP.
     * @param reference where it did */
    public void unsetHttp(ServiceReference<HttpAddress> reference) {
        Late<HttpAddress> known = http;
        http = known != null && known.holds(reference) ? null : known;
    }

    /** A listener came. If the socket is open, it hears that first.
     * @param objects the listener */
    @Reference(
            service = SignalListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addListener(ComponentServiceObjects<SignalListener> objects) {
        session.add(objects);
    }

    /** A listener went.
     * @param reference the listener */
    public void removeListener(ServiceReference<SignalListener> reference) {
        session.remove(reference);
    }

    /** Someone takes tasks of the inbox.
     * @param objects the taker */
    @Reference(
            service = InboxListener.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void addInbox(ComponentServiceObjects<InboxListener> objects) {
        session.addInbox(objects);
    }

    /** Someone no longer takes tasks.
     * @param reference the taker */
    public void removeInbox(ServiceReference<InboxListener> reference) {
        session.removeInbox(reference);
    }

    /** Takes this host off the registry's list and closes the socket. */
    @Deactivate
    public void close() {
        session.stop();
    }

    @Override
    public boolean isConnected() {
        return session.isConnected();
    }

    @Override
    public boolean send(String type, AgentId target, JsonNode payload) {
        return session.send(new SignalMessage(type, self.value(), target.value(), payload));
    }

    @Override
    public void probe() {
        session.probe();
    }

    @Override
    public List<IceServer> iceServers() {
        return session.iceServers();
    }

    @Override
    public CompletableFuture<Void> report(
            String taskId, String state, String result, String error) {
        String path = "/api/hub/tasks/" + URLEncoder.encode(taskId, StandardCharsets.UTF_8);
        return session.api()
                .call(
                        "POST",
                        path,
                        Wire.object().put("state", state).put("result", result).put("error", error))
                .<Void>handle(
                        (answer, e) -> {
                            if (e != null) {
                                LOG.debug("task {} not reported: {}", taskId, Failure.words(e));
                                throw new CompletionException(
                                        new IOException(
                                                "the registry did not take the outcome of task "
                                                        + taskId
                                                        + ": "
                                                        + Failure.words(e),
                                                Failure.cause(e)));
                            }
                            return null;
                        });
    }

    @Override
    public CompletableFuture<byte[]> read(String path, long most) {
        return session.api()
                .file(path, most)
                .handle(
                        (bytes, e) -> {
                            if (e == null) {
                                return bytes;
                            }
                            RefusedException refused = Failure.refusal(e);
                            throw new CompletionException(
                                    refused != null && refused.status() == 404
                                            ? new NoSuchFileException(path)
                                            : new IOException(
                                                    "the registry did not give "
                                                            + path
                                                            + ": "
                                                            + Failure.words(e),
                                                    Failure.cause(e)));
                        });
    }

    @Override
    public void cardChanged() {
        session.cardChanged();
    }

    @Override
    public String name() {
        return "registry";
    }

    @Override
    public Status check() {
        return session.status();
    }
}
