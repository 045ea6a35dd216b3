package dev.weft.shell;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleReference;

/**
 * Whom the threads work for. The JVM counts CPU by thread, and pool threads serve many bundles: so the stacks are looked at
 * ten times, and what a thread used since the last look is put down to the bundle of its innermost frame that is not Java's.
 */
final class ThreadSample {
    private static final int LOOKS = 10;
    private static final String JVM = "(the JVM and its libraries)";

    private final BundleContext context;
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final Map<String, String> owners = new HashMap<>(); // by package
    private final Map<Long, Long> used = new HashMap<>(); // by thread id, nanoseconds
    private final Map<String, Use> uses = new HashMap<>();

    private static final class Use {
        final Set<Long> threads = new HashSet<>();
        long nanos;
        String busiest = "";
        long most;
    }

    ThreadSample(BundleContext context) {
        this.context = context;
    }

    String watch(double seconds) throws InterruptedException {
        look();
        uses.clear(); // what was used before does not count
        long start = System.nanoTime();
        for (int i = 0; i < LOOKS; i++) {
            Thread.sleep((long) (seconds * 1000 / LOOKS));
            look();
        }
        return table(System.nanoTime() - start);
    }

    private void look() {
        Thread.getAllStackTraces()
                .forEach(
                        (thread, stack) -> {
                            long id = thread.getId();
                            long now = Math.max(0, threads.getThreadCpuTime(id));
                            long delta = now - used.getOrDefault(id, now);
                            used.put(id, now);
                            Use use = uses.computeIfAbsent(owner(thread, stack), x -> new Use());
                            use.threads.add(id);
                            use.nanos += delta;
                            if (delta > use.most) {
                                use.most = delta;
                                use.busiest = thread.getName();
                            }
                        });
    }

    private String owner(Thread thread, StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String owner = owners.computeIfAbsent(packageOf(frame.getClassName()), this::find);
            if (!owner.isEmpty()) {
                return owner;
            }
        }
        return thread.getContextClassLoader() instanceof BundleReference made
                ? name(made.getBundle())
                : JVM;
    }

    /** "" if no bundle holds the package. */
    private String find(String name) {
        if (name.startsWith("java.") || name.startsWith("jdk.") || name.startsWith("sun.")) {
            return "";
        }
        String folder = "/" + name.replace('.', '/');
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getBundleId() != 0
                    && bundle.getState() > Bundle.INSTALLED
                    && bundle.findEntries(folder, "*.class", false) != null) {
                return name(bundle);
            }
        }
        return "";
    }

    private static String packageOf(String type) {
        int dot = type.lastIndexOf('.');
        return dot < 0 ? "" : type.substring(0, dot);
    }

    private static String name(Bundle bundle) {
        return bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName();
    }

    private String table(long nanos) {
        Table table = new Table("BUNDLE", "CPU", "THREADS", "BUSIEST THREAD");
        uses.entrySet().stream()
                .sorted(
                        Map.Entry.<String, Use>comparingByValue(
                                        (one, two) -> Long.compare(two.nanos, one.nanos))
                                .thenComparing(Map.Entry.comparingByKey()))
                .forEach(
                        entry ->
                                table.row(
                                        entry.getKey(),
                                        String.format(
                                                Locale.ROOT,
                                                "%.1f %%",
                                                100.0 * entry.getValue().nanos / nanos),
                                        entry.getValue().threads.size(),
                                        entry.getValue().busiest));
        return table.toString();
    }
}
