package dev.weft.http.api;

import dev.weft.api.health.HealthCheck;
import java.nio.file.Path;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** HTTPS, if a certificate is configured. Takes a new one in as soon as its files change; a broken one leaves the old in use. */
@Component(service = HealthCheck.class, configurationPid = "dev.weft.http.tls", immediate = true)
@Designate(ocd = TlsConfig.class)
public final class TlsConnector implements ConnectorFactory, HealthCheck {
    private static final Logger LOG = LoggerFactory.getLogger(TlsConnector.class);
    private static final long IDLE_MILLIS = 60_000;

    private final TlsConfig config;
    private final ExecutorService blocking;
    private final SslContextFactory.Server tls = new SslContextFactory.Server();
    private Optional<KeyMaterial> material = Optional.empty();
    private Optional<ServiceRegistration<ConnectorFactory>> registration = Optional.empty();
    private Optional<ServiceRegistration<?>> launcher = Optional.empty();
    private Optional<Future<?>> watch = Optional.empty();
    private volatile ServerConnector connector;
    private volatile String loaded = "";
    private volatile String failure = "";

    /** Reads the certificate.
     * @param context offers the connector
     * @param blocking reads files
     * @param timer says when to look at them
     * @param config which files, and where to listen */
    @Activate
    public TlsConnector(
            BundleContext context,
            @Reference(target = "(weft.executor=blocking)") ExecutorService blocking,
            @Reference(target = "(weft.executor=timer)") ScheduledExecutorService timer,
            TlsConfig config) {
        this.config = config;
        this.blocking = blocking;
        if (config.certificate().isBlank()) {
            return;
        }
        String password = System.getenv(config.password__env());
        material =
                Optional.of(
                        new KeyMaterial(
                                Path.of(config.certificate()),
                                config.key().isBlank() ? null : Path.of(config.key()),
                                (password == null ? "" : password).toCharArray()));
        tls.setKeyStorePassword(password == null ? "" : password);
        tls.setSniRequired(false);
        if (load()) {
            registration = Optional.of(context.registerService(ConnectorFactory.class, this, null));
            Dictionary<String, Object> mark =
                    new Hashtable<>(Map.of(HttpEndpoint.LAUNCHER, "https-address"));
            Supplier<String> address = this::address;
            launcher = Optional.of(context.registerService(Supplier.class, address, mark));
        }
        long period = Math.max(1, config.reload__seconds());
        watch =
                Optional.of(
                        timer.scheduleWithFixedDelay(this::look, period, period, TimeUnit.SECONDS));
    }

    /** Takes the port back. */
    @Deactivate
    public void stop() {
        watch.ifPresent(looking -> looking.cancel(false));
        try {
            registration.ifPresent(ServiceRegistration::unregister);
            launcher.ifPresent(ServiceRegistration::unregister);
        } catch (IllegalStateException gone) {
            LOG.debug("the framework unregistered the connector first", gone);
        }
    }

    private String address() {
        ServerConnector open = connector;
        return open == null || open.getLocalPort() <= 0
                ? null
                : "https://" + config.bind() + ":" + open.getLocalPort();
    }

    private void look() {
        try {
            blocking.execute(
                    () -> {
                        if (!material.map(KeyMaterial::stamp).orElse("").equals(loaded)) {
                            load();
                        }
                    });
        } catch (RejectedExecutionException busy) {
            LOG.debug("too busy to look for a new certificate; the next look comes", busy);
        }
    }

    private synchronized boolean load() {
        KeyMaterial files = material.orElseThrow();
        String stamp = files.stamp();
        try {
            var store = files.read();
            if (tls.isStarted()) {
                tls.reload(factory -> factory.setKeyStore(store));
                LOG.info("HTTPS uses the new certificate of {}", files.certificate());
            } else {
                tls.setKeyStore(store);
            }
            loaded = stamp;
            failure = "";
            return true;
        } catch (Exception e) { // whatever a broken file makes the server throw
            if (!stamp.equals(loaded)) {
                LOG.warn("the certificate cannot be used: {}", e.getMessage());
            }
            loaded = stamp;
            failure =
                    "the certificate cannot be used ("
                            + e.getMessage()
                            + "); "
                            + (tls.isStarted()
                                    ? "the one before stays in use"
                                    : "there is no HTTPS: correct the files and start again");
            return false;
        }
    }

    @Override
    public Connector createConnector(Server server) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.addCustomizer(new SecureRequestCustomizer(false));
        ServerConnector open =
                new ServerConnector(
                        server,
                        new SslConnectionFactory(tls, Alpn.NAME),
                        new Alpn(),
                        new HTTP2ServerConnectionFactory(http),
                        new HttpConnectionFactory(http));
        open.setHost(config.bind());
        open.setPort(config.port());
        open.setIdleTimeout(IDLE_MILLIS);
        connector = open;
        return open;
    }

    @Override
    public String name() {
        return "https";
    }

    @Override
    public Status check() {
        return failure.isEmpty() ? Status.OK : Status.warning(failure);
    }
}
