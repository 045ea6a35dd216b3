package dev.weft.deploy;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks into the thread locals of other threads. The JVM must open {@code java.lang} for that; finds nothing otherwise. Thread-safe. */
final class ThreadLocals {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadLocals.class);
    private final Field[] maps;
    private final Field table;
    private final Field value;

    ThreadLocals() {
        Field[] found = new Field[0];
        Field entries = null;
        Field content = null;
        try {
            Class<?> map = Class.forName("java.lang.ThreadLocal$ThreadLocalMap");
            entries = open(map, "table");
            content = open(Class.forName("java.lang.ThreadLocal$ThreadLocalMap$Entry"), "value");
            found =
                    new Field[] {
                        open(Thread.class, "threadLocals"),
                        open(Thread.class, "inheritableThreadLocals")
                    };
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.debug("Thread locals that skills leave behind cannot be seen: {}", e.toString());
        }
        maps = found;
        table = entries;
        value = content;
    }

    private static Field open(Class<?> type, String name) throws NoSuchFieldException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    /** Finds thread locals whose variable or value is of a class of a loader.
     * @return names of those classes */
    Set<String> of(Thread thread, ClassLoader loader) {
        Set<String> found = new TreeSet<>();
        try {
            for (Field field : maps) {
                Object map = field.get(thread);
                Object entries = map == null ? null : table.get(map);
                for (int i = 0; entries != null && i < Array.getLength(entries); i++) {
                    if (Array.get(entries, i) instanceof Reference<?> entry) {
                        look(entry.get(), loader, found);
                        look(value.get(entry), loader, found);
                    }
                }
            }
        } catch (IllegalAccessException | RuntimeException e) {
            // The other thread changes its own while we look: the next look sees it.
            LOG.debug("The thread locals of {} were not read", thread.getName(), e);
        }
        return found;
    }

    private static void look(Object object, ClassLoader loader, Set<String> found) {
        if (object != null && object.getClass().getClassLoader() == loader) {
            found.add(object.getClass().getName());
        }
    }
}
