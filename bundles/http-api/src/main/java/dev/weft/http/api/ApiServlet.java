package dev.weft.http.api;

import dev.weft.api.cluster.Cluster;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Tokens;
import dev.weft.api.mesh.AgentDirectory;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletAsyncSupported;
import org.osgi.service.servlet.whiteboard.propertytypes.HttpWhiteboardServletPattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything under {@code /api}, and {@code /metrics}: finds the route, checks the caller, reads the body and hands over to the route's handler. */
@Component(service = Servlet.class, configurationPid = "dev.weft.http.api")
@Designate(ocd = HttpConfig.class)
@HttpWhiteboardServletPattern({"/api/*", "/metrics", "/repository/*"})
@HttpWhiteboardServletAsyncSupported
public final class ApiServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(ApiServlet.class);
    private final transient Routes routes;
    private final transient Authenticator authenticator;
    private final transient Function<Cluster, SharedSessions> sharing;
    private final transient Map<Cluster, SharedSessions> shared = new ConcurrentHashMap<>();
    private final transient ExecutorService blocking;
    private final transient Addresses addresses;
    private final transient EventResource events;
    private final transient Exchange.Observer observer;
    private final transient Throttle throttle;
    private final transient Cors cors;
    private final transient Future<?> sampling;

    /** Builds the table of routes.
     * @param rooms what is behind them
     * @param keys access keys
     * @param tokens bearer tokens
     * @param identity this host
     * @param blocking runs handlers
     * @param timer beats for event streams
     * @param config settings
     * @param context for the host's version */
    @Activate
    public ApiServlet(
            @Reference Rooms rooms,
            @Reference AccessKeys keys,
            @Reference Tokens tokens,
            @Reference HostIdentity identity,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            HttpConfig config,
            BundleContext context) {
        this(
                rooms,
                keys,
                tokens,
                identity,
                blocking,
                timer,
                config,
                version(context),
                Clock.systemUTC(),
                new SteadyClock());
    }

    ApiServlet(
            Rooms rooms,
            AccessKeys keys,
            Tokens tokens,
            HostIdentity identity,
            ExecutorService blocking,
            ScheduledExecutorService timer,
            HttpConfig config,
            String version,
            Clock clock,
            Clock steady) {
        this.blocking = blocking;
        this.throttle =
                new Throttle(
                        config.requests__per__second(), config.strangers__per__second(), steady);
        RequestMetrics metrics = new RequestMetrics();
        AuditTrail trail = new AuditTrail(rooms, steady);
        this.observer =
                (exchange, status, code) -> {
                    metrics.answered(exchange, status, code);
                    trail.answered(exchange, status, code);
                };
        this.cors = new Cors(config.cors_origins());
        this.addresses = new Addresses(config.trust_forwarded(), config.trusted_proxies());
        Sessions sessions = new Sessions(clock);
        this.sharing = cluster -> new SharedSessions(sessions, keys, clock, cluster);
        this.authenticator = new Authenticator(rooms, keys, tokens, sessions);
        SseStream.Pulse pulse = new SseStream.Pulse(timer, config.event_heartbeat());
        this.events = new EventResource(rooms, pulse, config.event_streams());
        LoadHistory loads = new LoadHistory(clock);
        this.sampling =
                timer.scheduleAtFixedRate(
                        () -> sample(rooms, loads),
                        Math.floorMod(30 - clock.instant().getEpochSecond(), 60),
                        60,
                        TimeUnit.SECONDS);
        List<Resource> resources =
                List.of(
                        new TokenResource(rooms, authenticator, tokens, steady),
                        new SessionResource(authenticator, identity, steady),
                        new RegistryResource(rooms, identity),
                        new HubResource(rooms),
                        new TaskResource(rooms, identity, new InboxWait(blocking, timer)),
                        new TraceResource(rooms, identity),
                        new MeshResource(rooms, loads),
                        new PairingResource(rooms, steady),
                        new ApprovalResource(rooms, identity),
                        new SkillResource(rooms, identity, config.upload_limit()),
                        new SkillConfigResource(rooms),
                        new RepositoryResource(rooms, config.upload_limit()),
                        new RepositoryFiles(rooms),
                        new CatalogResource(rooms),
                        new LlmResource(rooms),
                        new AskResource(rooms, identity, pulse),
                        new BackupResource(rooms),
                        new KeyResource(keys, tokens, clock),
                        new AuditResource(rooms),
                        new MetricsResource(rooms, metrics, events, version),
                        new HealthResource(rooms, version),
                        events);
        List<Route> all =
                resources.stream().flatMap(resource -> resource.routes().stream()).toList();
        OpenApi description = new OpenApi(version, all);
        this.routes =
                new Routes(Stream.concat(all.stream(), description.routes().stream()).toList());
    }

    /** In the middle of each minute, on a timer's thread: the directory answers from memory. */
    private static void sample(Rooms rooms, LoadHistory loads) {
        AgentDirectory directory = rooms.directory;
        try {
            if (directory != null) {
                loads.sample(directory.agents());
            }
        } catch (RuntimeException leaving) {
            LOG.warn("The load of the agents is not known now: {}", leaving.toString());
        }
    }

    private static String version(BundleContext context) {
        String version = context.getProperty("weft.version");
        return version == null ? context.getBundle().getVersion().toString() : version;
    }

    /** This host is one of several that are one registry: they share who is signed in.
     * @param cluster the other hosts */
    @Reference(
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            policyOption = ReferencePolicyOption.GREEDY)
    public void setCluster(Cluster cluster) {
        shared.put(cluster, sharing.apply(cluster));
    }

    /** This host is on its own again.
     * @param cluster what it was given before */
    public void unsetCluster(Cluster cluster) {
        SharedSessions gone = shared.remove(cluster);
        if (gone != null) {
            gone.close();
        }
    }

    /** Ends the event streams. */
    @Deactivate
    public void stop() {
        sampling.cancel(false);
        events.stop();
    }

    List<Route> routes() {
        return routes.all();
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        SecurityHeaders.set(request, response);
        if (cors.answered(request, response)) {
            return;
        }
        Exchange exchange =
                new Exchange(request, response, blocking, addresses.of(request), observer);
        try {
            String path =
                    request.getServletPath()
                            + (request.getPathInfo() == null ? "" : request.getPathInfo());
            Caller caller = authenticator.caller(request).orElse(null);
            Principal principal = caller == null ? null : caller.principal();
            exchange.proven(principal);
            throttle.take(principal, exchange.address(), response);
            Routes.Match match = routes.find(request.getMethod(), path);
            if (match.route() == null) {
                exchange.refuse(
                        Problems.of(
                                        405,
                                        "method_not_allowed",
                                        "this path answers to "
                                                + String.join(", ", match.allowed()))
                                .with("Allow", String.join(", ", match.allowed())));
                return;
            }
            exchange.found(match);
            Access.check(match.route(), caller, request);
            Access.checkBody(match.route(), request);
            start(exchange, match, caller, request);
        } catch (ApiException refused) {
            exchange.refuse(Problems.of(refused, exchange.toString()));
        } catch (RuntimeException failure) {
            exchange.write(Problems.of(failure, exchange.toString()));
        }
    }

    private void start(
            Exchange exchange, Routes.Match match, Caller caller, HttpServletRequest request) {
        AsyncContext async = exchange.startAsync();
        int most = match.route().body().limit();
        boolean read = most > 0 && Access.hasBody(request);
        CompletableFuture<byte[]> body =
                read
                        ? BodyReader.read(request, most)
                        : CompletableFuture.completedFuture(new byte[0]);
        body.whenComplete(
                (bytes, failure) -> {
                    if (failure != null) {
                        exchange.write(Problems.of(failure, exchange.toString()));
                    } else {
                        exchange.run(
                                match.route(),
                                new Call(
                                        async,
                                        match.parameters(),
                                        caller,
                                        exchange.address(),
                                        bytes,
                                        exchange));
                    }
                });
    }
}
