package dev.weft.catalog;

import dev.weft.api.audit.Audit;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Plan;
import dev.weft.api.health.HealthCheck;
import dev.weft.deploy.Host;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** A host of deploy's tests with the catalog. */
final class CatalogHost implements AutoCloseable {
    final Host host;
    final Catalog catalog;
    final List<String> audited = new CopyOnWriteArrayList<>();
    private final ExecutorService blocking;
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
    private BundleContext context;

    CatalogHost(Path home) throws Exception {
        this(home, new AtomicInteger());
    }

    /** Starts.
     * @param home of all its files
     * @param working is told how much work was handed over and is not done yet */
    CatalogHost(Path home, AtomicInteger working) throws Exception {
        blocking = counting(working);
        host =
                new Host(
                        home,
                        List.of("org.objectweb.asm.ClassReader", HostCatalog.class.getName()),
                        this::services);
        catalog = host.service(Catalog.class);
    }

    private void services(BundleContext framework) {
        context = framework;
        framework.registerService(Audit.class, log(), null);
        framework.registerService(ExecutorService.class, blocking, executor("blocking"));
        framework.registerService(ScheduledExecutorService.class, timer, executor("timer"));
    }

    private static ExecutorService counting(AtomicInteger working) {
        return new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 60, TimeUnit.SECONDS, new SynchronousQueue<>()) {
            @Override
            public void execute(Runnable work) {
                working.incrementAndGet();
                try {
                    super.execute(
                            () -> {
                                try {
                                    work.run();
                                } finally {
                                    working.decrementAndGet();
                                }
                            });
                } catch (RejectedExecutionException stopped) {
                    working.decrementAndGet();
                    throw stopped;
                }
            }
        };
    }

    private static Hashtable<String, Object> executor(String kind) {
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put("weft.executor", kind);
        return properties;
    }

    /** Only what is recorded matters here. */
    private Audit log() {
        return (Audit)
                Proxy.newProxyInstance(
                        Audit.class.getClassLoader(),
                        new Class<?>[] {Audit.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("record")) {
                                Audit.Entry entry = (Audit.Entry) arguments[0];
                                audited.add(
                                        entry.what()
                                                + " "
                                                + entry.target()
                                                + " "
                                                + entry.outcome());
                            }
                            return method.getName().equals("hashCode") ? 1 : null;
                        });
    }

    <T> void register(Class<T> type, T service) {
        context.registerService(type, service, null);
    }

    List<Listing> search(String text) {
        return catalog.search(new Listing.Query(text, "", "", "", false, ""));
    }

    Plan plan(String... install) {
        return catalog.plan(new Plan.Wish(List.of(install), null, null, null));
    }

    Plan update(String... skills) {
        return catalog.plan(new Plan.Wish(null, List.of(skills), null, null));
    }

    /** Installs without a question. */
    Plan.Outcome install(String... skills) {
        return catalog.apply(plan(skills).id(), "", "test");
    }

    /** Does a plan, and agrees to what it asks. */
    Plan.Outcome agree(Plan plan) {
        return catalog.apply(plan.id(), plan.agree(), "test");
    }

    HealthCheck.Status health() throws Exception {
        // All: the class path of the test has classes that the bundle has too.
        for (ServiceReference<?> reference :
                context.getAllServiceReferences(HealthCheck.class.getName(), null)) {
            HealthCheck check = (HealthCheck) context.getService(reference);
            if (check.name().equals("catalog")) {
                return check.check();
            }
        }
        throw new AssertionError("no health check of the catalog");
    }

    @Override
    public void close() {
        try {
            host.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        // What still runs may write while the test's folder is deleted.
        ended(timer);
        ended(blocking);
    }

    private static void ended(ExecutorService threads) {
        threads.shutdownNow();
        try {
            if (!threads.awaitTermination(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the catalog's work does not end");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
