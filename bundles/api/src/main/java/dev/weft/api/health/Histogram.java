package dev.weft.api.health;

import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** How long many like things took, counted in buckets of 1 ms to 5 minutes. Thread-safe; nothing blocks. */
public final class Histogram {
    private static final double[] BOUNDS = {
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300
    };

    private final String name;
    private final String help;
    private final Map<String, String> labels;
    private final LongAdder[] counts = new LongAdder[BOUNDS.length + 1];
    private final DoubleAdder sum = new DoubleAdder();

    /** Starts empty.
     * @param name {@code weft_} and snake_case, ends in {@code _seconds}
     * @param help one line
     * @param labels what tells it from others of the name; few values, never ids */
    public Histogram(String name, String help, Map<String, String> labels) {
        this.name = name;
        this.help = help;
        this.labels = Map.copyOf(labels);
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Counts one.
     * @param seconds that it took; less than 0 counts as 0 */
    public void add(double seconds) {
        int i = 0;
        while (i < BOUNDS.length && seconds > BOUNDS[i]) {
            i++;
        }
        counts[i].increment();
        sum.add(Math.max(0, seconds));
    }

    /** Its name.
     * @return see the constructor */
    public String name() {
        return name;
    }

    /** What it says.
     * @return one line */
    public String help() {
        return help;
    }

    /** What tells it from others of the name.
     * @return never null */
    public Map<String, String> labels() {
        return labels;
    }

    /** The upper bounds of the buckets.
     * @return seconds, ascending; above the last there is one bucket more */
    public static double[] bounds() {
        return BOUNDS.clone();
    }

    /** How many fell into each bucket.
     * @return one number for each bound, and one for what took longer */
    public long[] counts() {
        long[] now = new long[counts.length];
        for (int i = 0; i < now.length; i++) {
            now[i] = counts[i].sum();
        }
        return now;
    }

    /** All of them together.
     * @return seconds */
    public double sum() {
        return sum.sum();
    }
}
