package dev.weft.http.api;

import dev.weft.api.health.Histogram;
import dev.weft.api.health.Measures.Measure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the Prometheus text format, version 0.0.4. */
final class Exposition {
    static final String TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private record Family(String help, String type, List<String> lines) {}

    private final Map<String, Family> families = new LinkedHashMap<>();

    void add(Measure measure) {
        add(
                measure.name(),
                measure.help(),
                measure.total() ? "counter" : "gauge",
                measure.name(),
                measure.labels(),
                measure.value());
    }

    /** Adds a sample; those of one family end up together, as the format wants it.
     * @param family name of the family
     * @param help one line
     * @param type counter, gauge or histogram
     * @param name name of the sample
     * @param labels its labels
     * @param value its value */
    void add(
            String family,
            String help,
            String type,
            String name,
            Map<String, String> labels,
            double value) {
        StringBuilder line = new StringBuilder(name);
        if (!labels.isEmpty()) {
            List<String> pairs = new ArrayList<>();
            new TreeMap<>(labels)
                    .forEach((label, text) -> pairs.add(label + "=\"" + escape(text) + "\""));
            line.append('{').append(String.join(",", pairs)).append('}');
        }
        line.append(' ').append(number(value));
        families.computeIfAbsent(family, any -> new Family(help, type, new ArrayList<>()))
                .lines()
                .add(line.toString());
    }

    void add(Histogram times) {
        double[] bounds = Histogram.bounds();
        long[] counts = times.counts();
        String name = times.name();
        long count = 0;
        for (int i = 0; i < counts.length; i++) {
            count += counts[i];
            Map<String, String> labels = new TreeMap<>(times.labels());
            labels.put("le", i == bounds.length ? "+Inf" : number(bounds[i]));
            add(name, times.help(), "histogram", name + "_bucket", labels, count);
        }
        add(name, times.help(), "histogram", name + "_sum", times.labels(), times.sum());
        add(name, times.help(), "histogram", name + "_count", times.labels(), count);
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? String.valueOf((long) value)
                : String.format(Locale.ROOT, "%s", value);
    }

    private static String escape(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        families.forEach(
                (name, family) -> {
                    text.append("# HELP ").append(name).append(' ');
                    text.append(family.help().replace("\n", " ")).append('\n');
                    text.append("# TYPE ").append(name).append(' ').append(family.type());
                    text.append('\n');
                    family.lines().forEach(line -> text.append(line).append('\n'));
                });
        return text.toString();
    }
}
