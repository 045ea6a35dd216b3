package dev.weft.mesh;

import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * To whom this host keeps a direct link, used or not.
 *
 * @param wanted whether an agent is one of them
 * @param idleNanos how long any other link may be without use; 0 for ever
 * @param maxLinks most direct links at once
 */
record DialPolicy(Predicate<KnownAgent> wanted, long idleNanos, int maxLinks) {
    /** Reads the configuration.
     * @throws IllegalArgumentException if a value is none; the message says which and what fits */
    static DialPolicy of(MeshConfig config) {
        if (config.max__links() < 1 || config.idle__seconds() < 0) {
            throw new IllegalArgumentException(
                    MeshConfig.PID
                            + ": max_links must be at least 1 and idle_seconds at least 0, got "
                            + config.max__links()
                            + " and "
                            + config.idle__seconds());
        }
        return new DialPolicy(
                wanted(config), config.idle__seconds() * 1_000_000_000L, config.max__links());
    }

    private static Predicate<KnownAgent> wanted(MeshConfig config) {
        return switch (config.dial()) {
            case "all" -> agent -> true;
            case "demand" -> agent -> false;
            case "labels" -> labels(config.dial__labels());
            default ->
                    throw new IllegalArgumentException(
                            MeshConfig.PID
                                    + ": dial must be all, demand or labels, got \""
                                    + config.dial()
                                    + '"');
        };
    }

    private static Predicate<KnownAgent> labels(String[] labels) {
        List<Map.Entry<String, String>> any = new ArrayList<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        MeshConfig.PID + ": dial_labels are key=value, got \"" + label + '"');
            }
            any.add(
                    Map.entry(
                            label.substring(0, equals).strip(),
                            label.substring(equals + 1).strip()));
        }
        return agent -> any.stream().anyMatch(agent.card().labels().entrySet()::contains);
    }
}
