package dev.weft.http.api;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntConsumer;

/** Keeps a stranger from filling the audit log: of one caller's denials in a minute the first few are written, the others counted. Bounded. Thread-safe. */
final class Denials {
    private static final int EACH = 10;
    private static final int ALL = 300;
    private static final int MOST_CALLERS = 1000;
    private static final long WINDOW_MILLIS = 60_000;

    private static final class Window {
        private final long begun;
        private int count;

        Window(long begun) {
            this.begun = begun;
        }
    }

    private final Clock clock;
    private final Map<String, Window> callers = new LinkedHashMap<>();
    private Window everybody = new Window(0);

    Denials(Clock clock) {
        this.clock = clock;
    }

    /** Counts a denial.
     * @param who was denied
     * @param skipped told how many of the caller's last window were not written
     * @return whether this one is to be written */
    boolean admit(String who, IntConsumer skipped) {
        int left = 0;
        boolean admitted;
        synchronized (this) {
            long now = clock.millis();
            if (now - everybody.begun >= WINDOW_MILLIS) {
                everybody = new Window(now);
            }
            Window window = callers.get(who);
            if (window == null || now - window.begun >= WINDOW_MILLIS) {
                left = window == null ? 0 : Math.max(0, window.count - EACH);
                window = new Window(now);
                callers.remove(who);
                callers.put(who, window);
                if (callers.size() > MOST_CALLERS) {
                    callers.remove(callers.keySet().iterator().next());
                }
            }
            window.count++;
            admitted = window.count <= EACH && ++everybody.count <= ALL;
        }
        if (left > 0) {
            skipped.accept(left);
        }
        return admitted;
    }
}
