package dev.weft.deploy;

import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.Logger;

/** Finds what keeps a class loader: threads, thread locals and log handlers. Looks at the threads once; use it and throw it away. */
final class Traces {
    private final Thread[] threads = threads();
    private final ThreadLocals locals;

    Traces(ThreadLocals locals) {
        this.locals = locals;
    }

    /** A timer that Declarative Services makes after each change and ends by itself seconds later. It takes the context class loader
     * of whoever caused the change, which may be a skill. */
    private static final String COMPONENTS = "SCR Component Registry";

    /** Something that keeps a class loader.
     * @param words such as {@code timer "Timer-3"}
     * @param isThere tells whether it still does; keeps nothing itself */
    record Trace(String words, BooleanSupplier isThere) {}

    /** Finds what keeps a loader.
     * @return one entry a kind and name */
    List<Trace> of(ClassLoader loader) {
        Map<String, Trace> traces = new LinkedHashMap<>();
        for (Thread thread : threads) {
            if (thread == Thread.currentThread()
                    || !thread.isAlive()
                    || thread.getName().equals(COMPONENTS)) {
                continue;
            }
            if (thread.getContextClassLoader() == loader
                    || thread.getClass().getClassLoader() == loader) {
                WeakReference<Thread> held = new WeakReference<>(thread);
                add(
                        traces,
                        kind(thread) + " \"" + thread.getName() + "\"",
                        () -> {
                            Thread still = held.get();
                            return still != null && still.isAlive();
                        });
            } else {
                for (String type : locals.of(thread, loader)) {
                    WeakReference<Thread> held = new WeakReference<>(thread);
                    WeakReference<ClassLoader> owner = new WeakReference<>(loader);
                    add(
                            traces,
                            "a thread local of " + type + " in thread \"" + thread.getName() + '"',
                            () -> {
                                Thread still = held.get();
                                ClassLoader of = owner.get();
                                return still != null
                                        && of != null
                                        && still.isAlive()
                                        && !locals.of(still, of).isEmpty();
                            });
                }
            }
        }
        handlers(loader, traces);
        return List.copyOf(traces.values());
    }

    private static void add(Map<String, Trace> traces, String words, BooleanSupplier isThere) {
        traces.putIfAbsent(words, new Trace(words, isThere));
    }

    private static Thread[] threads() {
        return Thread.getAllStackTraces().keySet().toArray(Thread[]::new);
    }

    private static String kind(Thread thread) {
        String name = thread.getName();
        String type = thread.getClass().getName();
        if (type.equals("java.util.TimerThread")) {
            return "the timer";
        }
        if (name.startsWith("HttpClient-") || type.startsWith("jdk.internal.net.http")) {
            return "the HTTP client's thread";
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().startsWith("java.util.concurrent.ThreadPoolExecutor")
                    || frame.getClassName().startsWith("java.util.concurrent.ForkJoin")) {
                return "the executor's thread";
            }
        }
        return "the thread";
    }

    private static void handlers(ClassLoader loader, Map<String, Trace> traces) {
        for (String name : Collections.list(LogManager.getLogManager().getLoggerNames())) {
            Logger logger = LogManager.getLogManager().getLogger(name);
            if (logger == null) {
                continue;
            }
            for (Handler handler : logger.getHandlers()) {
                if (handler.getClass().getClassLoader() == loader) {
                    WeakReference<Handler> held = new WeakReference<>(handler);
                    add(
                            traces,
                            "the log handler "
                                    + handler.getClass().getName()
                                    + " of logger \""
                                    + name
                                    + "\"",
                            () -> {
                                Handler still = held.get();
                                return still != null
                                        && List.of(logger.getHandlers()).contains(still);
                            });
                }
            }
        }
    }
}
