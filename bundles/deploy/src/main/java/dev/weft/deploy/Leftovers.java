package dev.weft.deploy;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** Looks for what a removed skill left behind: it keeps the skill's code in memory, and may still run it. Thread-safe. */
final class Leftovers {
    private static final Duration GRACE = Duration.ofSeconds(2);
    private static final int MOST = 1000;

    private final Loop loop;
    private final BiConsumer<String, List<String>> found;
    private final ThreadLocals locals = new ThreadLocals();
    private final Queue<Gone> gone = new ConcurrentLinkedQueue<>();
    private volatile List<Left> left = List.of();
    private boolean scheduled;

    /** A bundle that was removed. */
    private record Gone(String name, WeakReference<ClassLoader> loader) {}

    /** Something that is still there. */
    private record Left(String bundle, Traces.Trace trace) {}

    /** Begins with nothing.
     * @param found gets the name of a bundle and what it left behind, in words; on the loop */
    Leftovers(Loop loop, BiConsumer<String, List<String>> found) {
        this.loop = loop;
        this.found = found;
    }

    /** A bundle is about to go. Any thread. */
    void leaves(Bundle bundle) {
        BundleWiring wiring = bundle.adapt(BundleWiring.class);
        ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
        if (loader != null) {
            String name = bundle.getSymbolicName() + " " + bundle.getVersion();
            gone.add(new Gone(name, new WeakReference<>(loader)));
            loop.execute(this::schedule);
        }
    }

    private void schedule() {
        // One look for all that went meanwhile: it walks through every thread.
        if (!scheduled) {
            scheduled = true;
            loop.after(GRACE, this::look);
        }
    }

    private void look() {
        scheduled = false;
        List<Left> all = new ArrayList<>(left);
        all.removeIf(one -> !one.trace().isThere().getAsBoolean());
        Traces traces = new Traces(locals);
        Map<String, List<Traces.Trace>> fresh = new LinkedHashMap<>();
        for (Gone bundle = gone.poll(); bundle != null; bundle = gone.poll()) {
            ClassLoader loader = bundle.loader().get();
            List<Traces.Trace> traced = loader == null ? List.of() : traces.of(loader);
            if (!traced.isEmpty()) {
                String name = bundle.name();
                traced.forEach(trace -> all.add(new Left(name, trace)));
                fresh.computeIfAbsent(name, none -> new ArrayList<>()).addAll(traced);
            }
        }
        left = List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
        // Told last: who hears of it finds it in health.
        fresh.forEach(
                (name, traced) ->
                        found.accept(name, traced.stream().map(Traces.Trace::words).toList()));
    }

    /** What is still there, for health.
     * @return one line; "" if nothing */
    String words() {
        List<Left> still =
                left.stream().filter(one -> one.trace().isThere().getAsBoolean()).toList();
        if (still.isEmpty()) {
            return "";
        }
        Left first = still.get(0);
        String more = still.size() == 1 ? "" : " (and " + (still.size() - 1) + " more like it)";
        return first.bundle() + " is gone but left " + first.trace().words() + more;
    }
}
