package dev.weft.executor;

import java.lang.reflect.InvocationTargetException;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Threads that keep nothing of whoever caused them to be made: no context class loader, inherited locals or access
 * context of a skill, any of which would hold the skill's classes in memory after it is gone.
 */
final class Threads {
    private static final ClassLoader LOADER = Threads.class.getClassLoader();

    private Threads() {}

    /** Virtual threads that block in a monitor pin their carrier before Java 24 (JEP 491) and can starve each other. */
    static boolean virtualDoNotPin() {
        return Runtime.version().feature() >= 24;
    }

    /** Undoes what a task may have left on a pooled thread, or what a new one inherited. */
    static void reset() {
        Thread thread = Thread.currentThread();
        if (thread.getContextClassLoader() != LOADER) {
            thread.setContextClassLoader(LOADER);
        }
    }

    @SuppressWarnings(
            "removal") // the only way on Java 17 to keep the caller's classes out of the thread's
    // access context
    static ThreadFactory platform(String prefix) {
        AtomicLong count = new AtomicLong();
        return task ->
                AccessController.doPrivileged(
                        (PrivilegedAction<Thread>)
                                () -> {
                                    Thread thread =
                                            new Thread(
                                                    null,
                                                    task,
                                                    prefix + count.incrementAndGet(),
                                                    0,
                                                    false);
                                    thread.setDaemon(true);
                                    thread.setContextClassLoader(LOADER);
                                    return thread;
                                });
    }

    /** Found by reflection because the code is compiled for Java 17. */
    static ThreadFactory virtual(String prefix) {
        try {
            Class<?> type = Class.forName("java.lang.Thread$Builder$OfVirtual");
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            builder = type.getMethod("name", String.class, long.class).invoke(builder, prefix, 1L);
            builder =
                    type.getMethod("inheritInheritableThreadLocals", boolean.class)
                            .invoke(builder, false);
            return (ThreadFactory) type.getMethod("factory").invoke(builder);
        } catch (ClassNotFoundException
                | NoSuchMethodException
                | IllegalAccessException
                | InvocationTargetException e) {
            throw new IllegalStateException(
                    "dev.weft.executor: Java "
                            + Runtime.version().feature()
                            + " has no virtual threads; set threads to auto or platform",
                    e);
        }
    }
}
