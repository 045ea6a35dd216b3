package dev.weft.host.bench;

import java.util.List;

/** One benchmark of {@code weft bench}. A new one is a class that is named in {@link #all}. */
public interface Benchmark {
    /** What a person types.
     * @return a word */
    String name();

    /** Measures. Leaves no process and no file behind, whatever happens.
     * @param figures takes what was measured
     * @param scale how much of the full size is wanted, above 0 to 1; figures of less than 1 say that the benchmark works, not how fast Weft is
     * @throws Exception if it cannot be measured; the message is fit for people */
    void run(Figures figures, double scale) throws Exception;

    /** All there are.
     * @param profile whether those that can name what costs most do so
     * @return in the order in which they run */
    static List<Benchmark> all(boolean profile) {
        return List.of(
                new RegistryBenchmark(),
                new MeshBenchmark(profile),
                new SkillsBenchmark(),
                new LlmBenchmark(),
                new CatalogBenchmark());
    }
}
