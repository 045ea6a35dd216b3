package dev.weft.http.api;

import dev.weft.api.health.HealthCheck;
import dev.weft.api.http.HttpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the rest of the host, the launcher and other processes where this host answers HTTP, as soon as the port is bound and for
 * as long as it is. The server reports its addresses as a service property, some time after it appears.
 */
@Component(service = HealthCheck.class, immediate = true)
public final class HttpEndpoint implements HealthCheck {
    /** Marks the JDK-typed service that the launcher, which shares no class with bundles, asks for the address. */
    static final String LAUNCHER = "weft.launcher";

    private static final int PROBE_MILLIS = 500;
    private static final Logger LOG = LoggerFactory.getLogger(HttpEndpoint.class);
    private final BundleContext context;
    private final Optional<Path> file;
    private URI address;
    private ServiceRegistration<HttpAddress> registration;
    private ServiceRegistration<?> launcher;

    /** Looks for the data directory.
     * @param context this bundle's */
    @Activate
    public HttpEndpoint(BundleContext context) {
        this.context = context;
        this.file =
                Optional.ofNullable(context.getProperty("weft.data"))
                        .map(data -> Path.of(data, "weft.port"));
    }

    @Reference(
            service = HttpServiceRuntime.class,
            cardinality = ReferenceCardinality.OPTIONAL,
            policy = ReferencePolicy.DYNAMIC,
            updated = "bind")
    synchronized void bind(Map<String, Object> properties) {
        Optional<URI> found =
                choose(properties.get("osgi.http.endpoint")).map(HttpEndpoint::viaLoopback);
        if (found.isEmpty()) {
            withdraw();
        } else if (!found.get().equals(address)) {
            withdraw();
            announce(found.get());
        }
    }

    synchronized void unbind(Map<String, Object> properties) {
        withdraw();
    }

    /** Takes everything back. */
    @Deactivate
    public synchronized void stop() {
        withdraw();
    }

    private void announce(URI uri) {
        address = uri;
        writePort(uri.getPort());
        registration = context.registerService(HttpAddress.class, () -> uri, null);
        Dictionary<String, Object> mark = new Hashtable<>(Map.of(LAUNCHER, "http-address"));
        Supplier<String> text = uri::toString;
        launcher = context.registerService(Supplier.class, text, mark);
        LOG.info("answering HTTP at {}", uri);
    }

    private void withdraw() {
        if (address == null) {
            return;
        }
        address = null;
        try {
            registration.unregister();
            launcher.unregister();
        } catch (IllegalStateException gone) {
            LOG.debug("the framework unregistered the address first", gone);
        }
        file.ifPresent(
                path -> {
                    try {
                        Files.deleteIfExists(path);
                    } catch (IOException e) {
                        LOG.warn("cannot delete {}: {}", path, e.toString());
                    }
                });
    }

    private void writePort(int port) {
        file.ifPresent(
                path -> {
                    try {
                        Files.createDirectories(path.getParent());
                        Path fresh = path.resolveSibling("weft.port.new");
                        Files.writeString(fresh, port + "\n");
                        Files.move(
                                fresh,
                                path,
                                StandardCopyOption.ATOMIC_MOVE,
                                StandardCopyOption.REPLACE_EXISTING);
                    } catch (IOException e) {
                        LOG.warn(
                                "cannot write {}, so other programs must be told the port: {}",
                                path,
                                e.toString());
                    }
                });
    }

    /** Chooses the address that works from this machine.
     * @param property what the server reports: text, array or collection of URLs
     * @return empty if no port is bound */
    static Optional<URI> choose(Object property) {
        Stream<?> values =
                property instanceof Object[] array
                        ? Stream.of(array)
                        : property instanceof java.util.Collection<?> all
                                ? all.stream()
                                : Stream.ofNullable(property);
        return values.map(Object::toString)
                .filter(text -> text.contains("://"))
                .map(HttpEndpoint::local)
                .filter(uri -> uri.getPort() > 0)
                // of two that work, the one whose certificate need not fit
                .min(Comparator.comparingInt(HttpEndpoint::rank).thenComparing(URI::getScheme));
    }

    private static URI local(String text) {
        URI uri = URI.create(text.replaceAll("%[\\w.-]+]", "]"));
        boolean any =
                uri.getHost() == null
                        || uri.getHost().equals("0.0.0.0")
                        || uri.getHost().matches("\\[(::|0:0:0:0:0:0:0:0)]");
        return URI.create(
                uri.getScheme()
                        + "://"
                        + (any ? "127.0.0.1" : uri.getHost())
                        + ":"
                        + uri.getPort());
    }

    private static int rank(URI uri) {
        String host = uri.getHost();
        return host.startsWith("127.") || host.equals("localhost")
                ? 0
                : host.startsWith("[") ? host.matches("\\[(::1|0:0:0:0:0:0:0:1)]") ? 1 : 3 : 2;
    }

    /** A server that is bound to any address reports the addresses of the network cards only, and not loopback, which outlives them. */
    private static URI viaLoopback(URI uri) {
        if (rank(uri) < 2) {
            return uri;
        }
        try (Socket probe = new Socket()) {
            probe.connect(new InetSocketAddress("127.0.0.1", uri.getPort()), PROBE_MILLIS);
            return URI.create(uri.getScheme() + "://127.0.0.1:" + uri.getPort());
        } catch (IOException boundToOneAddress) {
            return uri;
        }
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public synchronized Status check() {
        return address == null
                ? Status.notReady(
                        "no port is bound; is another program using it? Choose one with --port")
                : Status.OK;
    }
}
