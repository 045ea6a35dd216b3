package dev.weft.host.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** What was measured, in order. Not thread-safe. */
public final class Figures {
    /**
     * One figure.
     *
     * @param name what, in a few words
     * @param value how much
     * @param unit of the value and of the baseline, e.g. {@code ms}
     * @param baseline the same, measured in the same run without Weft; null if there is nothing to compare with
     * @param ratio value divided by baseline, or null
     */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Figure(String name, double value, String unit, Double baseline, Double ratio) {
        /** The figure as one line for people.
         * @return text */
        public String line() {
            return name
                    + ": "
                    + text(value)
                    + " "
                    + unit
                    + (baseline == null
                            ? ""
                            : " (baseline "
                                    + text(baseline)
                                    + " "
                                    + unit
                                    + ", ratio "
                                    + text(ratio)
                                    + ")");
        }
    }

    private final List<Figure> all = new ArrayList<>();
    private final Consumer<Figure> listener;
    private final Consumer<String> progress;

    /** Starts empty.
     * @param listener hears of each figure as it is measured
     * @param progress hears what is being done */
    public Figures(Consumer<Figure> listener, Consumer<String> progress) {
        this.listener = listener;
        this.progress = progress;
    }

    /** Tells what is being done now.
     * @param what a few words */
    public void step(String what) {
        progress.accept(what);
    }

    /** Adds a figure that nothing compares with.
     * @param name what
     * @param value how much
     * @param unit its unit */
    public void add(String name, double value, String unit) {
        add(new Figure(name, round(value), unit, null, null));
    }

    /** Adds a figure with its baseline.
     * @param name what
     * @param value how much
     * @param unit of both
     * @param baseline the same without Weft */
    public void add(String name, double value, String unit, double baseline) {
        add(new Figure(name, round(value), unit, round(baseline), round(value / baseline)));
    }

    private void add(Figure figure) {
        all.add(figure);
        listener.accept(figure);
    }

    /** All figures so far.
     * @return in the order in which they were added */
    public List<Figure> all() {
        return List.copyOf(all);
    }

    /** Four digits say enough. */
    private static double round(double value) {
        if (value == 0 || !Double.isFinite(value)) {
            return 0;
        }
        double step = Math.pow(10, Math.floor(Math.log10(Math.abs(value))) - 3);
        return Math.round(value / step) * step;
    }

    private static String text(double value) {
        return value >= 1000
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, value >= 10 ? "%.1f" : "%.3f", value);
    }
}
