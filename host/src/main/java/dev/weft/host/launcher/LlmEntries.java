package dev.weft.host.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** {@code routes} and {@code budgets} of {@code agent.yaml}, as the lines that the router's configuration has. */
final class LlmEntries {
    /** Told of each error. */
    @FunctionalInterface
    interface Errors {
        void add(Node node, String what, String hint);
    }

    private static final Set<String> ROUTE_KEYS =
            new TreeSet<>(Set.of("providers", "cache_seconds"));
    private static final Set<String> BUDGET_KEYS = new TreeSet<>(Set.of("tokens", "money", "per"));
    private static final Set<String> PERIODS =
            new TreeSet<>(Set.of("hour", "day", "month", "total"));
    private static final String ROUTE_HINT =
            "write default: [one, two], or default: {providers: [one, two], cache_seconds: 60}";
    private static final String BUDGET_HINT =
            "write route:default: {tokens: 100000, money: 5, per: day}";

    private final Errors errors;
    private final List<String> routes = new ArrayList<>();
    private final List<String> caches = new ArrayList<>();
    private final List<String> budgets = new ArrayList<>();

    LlmEntries(Errors errors) {
        this.errors = errors;
    }

    /** Lines {@code route=provider,provider}. */
    List<String> routes() {
        return routes;
    }

    /** Lines {@code route=seconds}. */
    List<String> caches() {
        return caches;
    }

    /** Lines {@code route:default tokens=100000 money=5 per=day}. */
    List<String> budgets() {
        return budgets;
    }

    void readRoutes(Node value) {
        for (NodeTuple member : members(value, "routes", ROUTE_HINT)) {
            String route = text(member.getKeyNode()).orElse("");
            if (!route.matches("[a-z0-9][a-z0-9._-]{0,63}")) {
                errors.add(
                        member.getKeyNode(),
                        "\"" + route + "\" cannot be the name of a route",
                        "use 1 to 64 characters a-z 0-9 . _ - and start with a letter or digit");
            } else if (member.getValueNode() instanceof MappingNode options) {
                Map<String, Node> known = known(options, "a route", ROUTE_KEYS);
                if (known.containsKey("providers")) {
                    route(route, known.get("providers"));
                } else {
                    errors.add(options, "the route " + route + " has no providers", ROUTE_HINT);
                }
                number(known.get("cache_seconds"), "cache_seconds", "[0-9]{1,7}", "60")
                        .ifPresent(seconds -> caches.add(route + "=" + seconds));
            } else {
                route(route, member.getValueNode());
            }
        }
    }

    private void route(String route, Node value) {
        List<String> providers =
                value instanceof SequenceNode list
                        ? list.getValue().stream().map(item -> text(item).orElse("")).toList()
                        : List.of(text(value).orElse("").split("\\s*,\\s*"));
        if (providers.isEmpty() || providers.stream().anyMatch(String::isBlank)) {
            errors.add(value, "the route " + route + " needs ids of providers", ROUTE_HINT);
        } else {
            routes.add(route + "=" + String.join(",", providers));
        }
    }

    void readBudgets(Node value) {
        for (NodeTuple member : members(value, "budgets", BUDGET_HINT)) {
            String name = text(member.getKeyNode()).orElse("");
            if (!name.matches("(route|agent|skill):([a-zA-Z0-9._-]{1,64}|\\*)")) {
                errors.add(
                        member.getKeyNode(),
                        "\"" + name + "\" cannot be the name of a budget",
                        "write route:NAME, agent:NAME or skill:ID; * for a name is one budget for each, then in quotes: \"skill:*\"");
            } else if (member.getValueNode() instanceof MappingNode limits) {
                budget(name, limits);
            } else {
                errors.add(
                        member.getValueNode(),
                        "the budget " + name + " must be a mapping",
                        BUDGET_HINT);
            }
        }
    }

    private void budget(String name, MappingNode limits) {
        Map<String, Node> known = known(limits, "a budget", BUDGET_KEYS);
        Optional<String> tokens =
                number(known.get("tokens"), "tokens", "[1-9][0-9]{0,14}", "100000");
        Optional<String> money =
                number(known.get("money"), "money", "[0-9]{1,12}(\\.[0-9]{1,9})?", "5.00");
        Optional<String> per = Optional.ofNullable(known.get("per")).flatMap(LlmEntries::text);
        per.filter(Predicate.not(PERIODS::contains))
                .ifPresent(
                        other ->
                                errors.add(
                                        known.get("per"),
                                        "\"" + other + "\" is no period of a budget",
                                        "write per: hour, day, month or total"));
        if (!known.containsKey("tokens") && !known.containsKey("money")) {
            errors.add(limits, "the budget " + name + " limits nothing", BUDGET_HINT);
            return;
        }
        StringBuilder line = new StringBuilder(name);
        tokens.ifPresent(most -> line.append(" tokens=").append(most));
        money.ifPresent(most -> line.append(" money=").append(most));
        per.ifPresent(period -> line.append(" per=").append(period));
        budgets.add(line.toString());
    }

    private List<NodeTuple> members(Node value, String key, String hint) {
        if (value instanceof MappingNode mapping) {
            return mapping.getValue();
        }
        errors.add(value, "\"" + key + "\" must be a mapping", hint);
        return List.of();
    }

    private Map<String, Node> known(MappingNode mapping, String what, Set<String> keys) {
        Map<String, Node> known = new TreeMap<>();
        for (NodeTuple member : mapping.getValue()) {
            String key = text(member.getKeyNode()).orElse("");
            if (keys.contains(key)) {
                known.put(key, member.getValueNode());
            } else {
                errors.add(
                        member.getKeyNode(),
                        "unknown key \"" + key + "\" in " + what,
                        "known keys are " + String.join(", ", keys));
            }
        }
        return known;
    }

    private Optional<String> number(Node node, String key, String shape, String example) {
        if (node == null) {
            return Optional.empty();
        }
        Optional<String> text = text(node).map(raw -> raw.replace("_", ""));
        if (text.filter(raw -> raw.matches(shape) && Double.parseDouble(raw) > 0).isEmpty()) {
            errors.add(
                    node,
                    "\"" + key + "\" must be a number above 0",
                    "write " + key + ": " + example);
            return Optional.empty();
        }
        return text;
    }

    private static Optional<String> text(Node node) {
        return node instanceof ScalarNode scalar
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }
}
