package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** The servlet on a real server, with fakes behind it. */
final class TestHost implements AutoCloseable {
    final Rooms rooms = new Rooms();
    final Fakes.Keys keys = new Fakes.Keys();
    final Fakes.Directory directory = new Fakes.Directory();
    final Fakes.Waiting inbox = new Fakes.Waiting();
    final Fakes.Doors doors = new Fakes.Doors();
    final Fakes.Engine engine = new Fakes.Engine();
    final Fakes.Links links = new Fakes.Links();
    final Fakes.Folder folder = new Fakes.Folder();
    final Shelf shelf = new Shelf();
    final Fakes.Journal journal = new Fakes.Journal();
    final Fakes.Answering agent = new Fakes.Answering();
    final Fakes.Checks checks = new Fakes.Checks();
    final Fakes.Log log = new Fakes.Log();
    final Fakes.Router llm = new Fakes.Router();
    final MovableClock clock = new MovableClock();
    final Map<Role, String> roleKeys = new EnumMap<>(Role.class);
    final ApiServlet servlet;
    final HttpClient http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(60)).build();
    private final ExecutorService blocking = Executors.newCachedThreadPool();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private final Server server = new Server();
    private final URI base;

    TestHost() throws Exception {
        this(1000, 2, 15);
    }

    TestHost(long uploadLimit, int streams, int heartbeat) throws Exception {
        this(uploadLimit, streams, heartbeat, 1_000_000);
    }

    TestHost(long uploadLimit, int streams, int heartbeat, int rate) throws Exception {
        rooms.registry = directory;
        rooms.directory = directory;
        rooms.inbox = inbox;
        rooms.pairing = doors;
        rooms.iceServers = caller -> List.of();
        rooms.mesh = links;
        rooms.tasks = engine;
        rooms.skills = new Fakes.Installed();
        rooms.deployments = folder;
        rooms.catalog = new FakeCatalog();
        rooms.settings = new Fakes.Settings();
        rooms.repository = shelf;
        rooms.llm = llm;
        rooms.agent = agent;
        rooms.events = journal;
        rooms.readiness = checks;
        rooms.audit = log;
        rooms.backup = out -> out.write(new byte[] {'z', 'i', 'p'});
        for (Role role : Role.values()) {
            roleKeys.put(role, keys.create(role, "test").key());
        }
        servlet =
                new ApiServlet(
                        rooms,
                        keys,
                        new Fakes.PlainTokens(),
                        new Fakes.Identity(),
                        blocking,
                        timer,
                        config(uploadLimit, streams, heartbeat, rate),
                        "0.1.0",
                        clock,
                        clock);
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/api/*");
        context.addServlet(holder, "/metrics");
        context.addServlet(holder, "/repository/*");
        UpgradeLimit upgrades =
                new UpgradeLimit(config(uploadLimit, streams, heartbeat, rate), clock);
        context.addFilter(new FilterHolder(upgrades), "/ws", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(new Fakes.Signaling()), "/ws");
        rooms.measures = List.of(upgrades);
        server.setHandler(context);
        server.start();
        base = URI.create("http://127.0.0.1:" + connector.getLocalPort());
    }

    URI uri(String path) {
        return base.resolve(path);
    }

    HttpRequest.Builder request(String method, String path, String body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
        if (body == null) {
            return request.method(method, HttpRequest.BodyPublishers.noBody());
        }
        return request.method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
    }

    Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return new Answer(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    }

    Answer as(Role role, String method, String path, String body)
            throws IOException, InterruptedException {
        return send(request(method, path, body).header("X-API-Key", roleKeys.get(role)));
    }

    Answer asAgent(AgentId agent, String method, String path, String body)
            throws IOException, InterruptedException {
        return send(
                request(method, path, body).header("Authorization", "Bearer " + agent + "|agent"));
    }

    private static HttpConfig config(long uploadLimit, int streams, int heartbeat, int rate) {
        return new HttpConfig() {
            @Override
            public int requests__per__second() {
                return 2 * rate;
            }

            @Override
            public int strangers__per__second() {
                return rate;
            }

            @Override
            public boolean trust_forwarded() {
                return false;
            }

            @Override
            public String[] trusted_proxies() {
                return new String[0];
            }

            @Override
            public String[] cors_origins() {
                return new String[] {"https://ops.example.org", "*"};
            }

            @Override
            public long upload_limit() {
                return uploadLimit;
            }

            @Override
            public int event_streams() {
                return streams;
            }

            @Override
            public int event_heartbeat() {
                return heartbeat;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return HttpConfig.class;
            }
        };
    }

    @Override
    public void close() throws IOException {
        servlet.stop();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException("the server did not stop", e);
        }
        timer.shutdownNow();
        blocking.shutdownNow();
    }

    /** An answer, with its JSON. */
    record Answer(HttpResponse<String> response) {
        int status() {
            return response.statusCode();
        }

        JsonNode json() {
            return Wire.tree(response.body());
        }

        String error() {
            return json().path("error").asText();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    /** A clock that tests move. */
    static final class MovableClock extends Clock {
        private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

        void move(Duration by) {
            now = now.plus(by);
        }

        @Override
        public ZoneId getZone() {
            return ZoneId.of("UTC");
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
