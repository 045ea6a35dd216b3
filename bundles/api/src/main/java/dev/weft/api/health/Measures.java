package dev.weft.api.health;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Numbers that a room offers to {@code /metrics}; rooms register it as a service. Called often: must be quick and must not block. */
@ConsumerType
public interface Measures {
    /** Looks.
     * @return the numbers now */
    Collection<Measure> measure();

    /** Looks at what took how long.
     * @return the times so far; none unless a room says otherwise */
    default Collection<Histogram> histograms() {
        return List.of();
    }

    /**
     * One number.
     *
     * @param name {@code weft_} and snake_case, with its unit last; a total ends in {@code _total}
     * @param help one line
     * @param total whether it only grows; it goes up and down otherwise
     * @param labels what tells it from others of the name; few values, never ids
     * @param value the number
     */
    record Measure(
            String name, String help, boolean total, Map<String, String> labels, double value) {
        /** Keeps its own copy of the labels. */
        public Measure {
            labels = Map.copyOf(labels);
        }

        /** A number that goes up and down.
         * @param name see above
         * @param help one line
         * @param value the number
         * @return a measure without labels */
        public static Measure gauge(String name, String help, double value) {
            return new Measure(name, help, false, Map.of(), value);
        }

        /** A number that only grows.
         * @param name see above
         * @param help one line
         * @param value the number
         * @return a measure without labels */
        public static Measure total(String name, String help, double value) {
            return new Measure(name, help, true, Map.of(), value);
        }
    }
}
