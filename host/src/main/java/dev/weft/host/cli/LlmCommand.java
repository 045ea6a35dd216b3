package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft llm}. */
@Command(
        name = "llm",
        description = "Chat model providers and the routes to them.",
        subcommands = {
            LlmCommand.Show.class,
            LlmCommand.Use.class,
            LlmCommand.Models.class,
            LlmCommand.Raise.class,
            LlmCommand.Budget.class,
            LlmCommand.Cache.class
        })
final class LlmCommand extends HostCommand {
    @Override
    void run() {
        show(client().get("/api/llm"), output());
    }

    private static void show(JsonNode llm, Output output) {
        JsonNode usage = llm.path("usage");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode provider : llm.path("providers")) {
            JsonNode used = usage.path("provider:" + provider.path("id").asText());
            rows.add(
                    List.of(
                            provider.path("id").asText(),
                            provider.path("type").asText(),
                            provider.path("model").asText(),
                            provider.path("state").asText(),
                            provider.path("calls").asText(),
                            provider.path("failures").asText(),
                            used.path("input_tokens").asText("0")
                                    + "/"
                                    + used.path("output_tokens").asText("0"),
                            used.path("cost").asText("0"),
                            provider.path("last_error").asText("")));
        }
        output.table(
                List.of(
                        "PROVIDER",
                        "TYPE",
                        "MODEL",
                        "STATE",
                        "CALLS",
                        "FAILED",
                        "TOKENS IN/OUT",
                        "COST",
                        "LAST ERROR"),
                rows,
                "no providers");
        llm.path("routes")
                .properties()
                .forEach(
                        route -> {
                            List<String> providers = new ArrayList<>();
                            route.getValue().forEach(provider -> providers.add(provider.asText()));
                            output.line(
                                    "route "
                                            + route.getKey()
                                            + " → "
                                            + String.join(", ", providers));
                        });
        llm.path("cache_seconds")
                .properties()
                .forEach(
                        route ->
                                output.line(
                                        "route "
                                                + route.getKey()
                                                + ": the same question gets the same answer for "
                                                + route.getValue().asText()
                                                + " s"));
        llm.path("budgets").forEach(budget -> output.line(line(budget)));
    }

    private static String line(JsonNode budget) {
        return "budget "
                + budget.path("name").asText()
                + " per "
                + budget.path("per").asText()
                + ": "
                + used(budget, "tokens", "token_limit")
                + " tokens, "
                + used(budget, "money", "money_limit")
                + " money"
                + (budget.path("waiting").asInt() > 0
                        ? "; calls that wait for it: " + budget.path("waiting").asInt()
                        : "");
    }

    private static String used(JsonNode budget, String used, String limit) {
        return budget.path(used).asText()
                + (budget.path(limit).asDouble() > 0 ? " of " + budget.path(limit).asText() : "");
    }

    /** {@code weft llm models}. */
    @Command(name = "models", description = "Lists the models that a provider's server offers.")
    static final class Models extends HostCommand {
        @Parameters(index = "0", paramLabel = "PROVIDER", description = "Id of the provider.")
        private String provider;

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode answer = client().get("/api/llm/providers/" + provider + "/models");
            if (json) {
                output().json(answer);
            } else {
                answer.path("models").forEach(model -> output().line(model.asText()));
            }
        }
    }

    /** {@code weft llm budget}. */
    @Command(
            name = "budget",
            description = "Lists budgets, or sets one at once and for good; 0 is no limit.")
    static final class Budget extends HostCommand {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "BUDGET",
                description = "route:NAME, agent:NAME or skill:ID; * for a name is one for each.")
        private String budget;

        @Option(names = "--tokens", paramLabel = "N", description = "Most tokens in a period.")
        private Long tokens;

        @Option(names = "--money", paramLabel = "M", description = "Most money in a period.")
        private Double money;

        @Option(
                names = "--per",
                paramLabel = "P",
                description = "hour, day, month or total (default: ${DEFAULT-VALUE}).",
                defaultValue = "day")
        private String per;

        @Option(
                names = "--reset",
                description = "Takes back what was set: what the configuration says counts again.")
        private boolean reset;

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode answer;
            if (budget == null) {
                answer = client().get("/api/llm").path("budgets");
            } else if (reset) {
                client().delete("/api/llm/budgets/" + budget);
                answer = client().get("/api/llm").path("budgets");
            } else {
                ObjectNode limit = Wire.object().put("per", per);
                if (tokens != null) {
                    limit.put("tokens", tokens);
                }
                if (money != null) {
                    limit.put("money", money);
                }
                answer = Wire.node(List.of(client().put("/api/llm/budgets/" + budget, limit)));
            }
            if (json) {
                output().json(answer);
            } else if (answer.isEmpty()) {
                output().line("no budgets");
            } else {
                answer.forEach(one -> output().line(line(one)));
            }
        }
    }

    /** {@code weft llm cache}. */
    @Command(
            name = "cache",
            description =
                    "Lists the routes whose answers are given again, or changes one, at once and for good.")
    static final class Cache extends HostCommand {
        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "ROUTE",
                description = "Name of the route, such as default.")
        private String route;

        @ArgGroup private Change change;

        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        /** What is changed: one of them. */
        static final class Change {
            @Option(
                    names = "--seconds",
                    paramLabel = "N",
                    description =
                            "How long the same question gets the same answer. What was kept so far is forgotten.")
            private long seconds;

            @Option(names = "--off", description = "Forgets the answers, and keeps no more.")
            private boolean off;
        }

        @Override
        void run() {
            if (route == null && change != null) {
                throw new HostException(
                        HostException.USAGE,
                        "say which route, such as: weft llm cache default --off");
            }
            JsonNode llm =
                    change == null
                            ? client().get("/api/llm")
                            : client().put(
                                            "/api/llm/routes/" + route + "/cache",
                                            Wire.object().put("seconds", change.seconds));
            ArrayNode caches = JsonNodeFactory.instance.arrayNode();
            llm.path("routes").fieldNames().forEachRemaining(name -> add(caches, name, llm));
            if (json) {
                output().json(caches);
                return;
            }
            List<List<String>> rows = new ArrayList<>();
            for (JsonNode cache : caches) {
                rows.add(
                        List.of(
                                cache.path("route").asText(),
                                cache.path("seconds").asLong() == 0
                                        ? "off"
                                        : cache.path("seconds").asText(),
                                cache.path("hits").asText(),
                                cache.path("calls").asText()));
            }
            output().table(
                            List.of("ROUTE", "SECONDS", "FROM THE CACHE", "ASKED"),
                            rows,
                            "no such route");
        }

        private void add(ArrayNode caches, String name, JsonNode llm) {
            if (route == null || route.equals(name)) {
                JsonNode used = llm.path("usage").path("route:" + name);
                caches.addObject()
                        .put("route", name)
                        .put("seconds", llm.path("cache_seconds").path(name).asLong())
                        .put("hits", used.path("cached").asLong())
                        .put("calls", used.path("calls").asLong());
            }
        }
    }

    /** {@code weft llm raise}. */
    @Command(
            name = "raise",
            description = "Allows more in a budget's present period; calls that wait for it go on.")
    static final class Raise extends HostCommand {
        @Parameters(
                index = "0",
                paramLabel = "BUDGET",
                description = "Such as route:default or skill:summarize.")
        private String budget;

        @Option(names = "--tokens", paramLabel = "N", description = "How many tokens more.")
        private long tokens;

        @Option(names = "--money", paramLabel = "M", description = "How much money more.")
        private double money;

        @Override
        void run() {
            JsonNode raised =
                    client().post(
                                    "/api/llm/budgets/" + budget + "/raise",
                                    Wire.object().put("tokens", tokens).put("money", money));
            output().line(
                            budget
                                    + ": "
                                    + used(raised, "tokens", "token_limit")
                                    + " tokens, "
                                    + used(raised, "money", "money_limit")
                                    + " money used");
        }
    }

    /** {@code weft llm list}. */
    @Command(name = "list", description = "Lists providers and routes.")
    static final class Show extends HostCommand {
        @Option(names = "--json", description = "Prints one JSON document.")
        private boolean json;

        @Override
        void run() {
            JsonNode llm = client().get("/api/llm");
            if (json) {
                output().json(llm);
            } else {
                show(llm, output());
            }
        }
    }

    /** {@code weft llm use}. */
    @Command(name = "use", description = "Points a route at providers, at once.")
    static final class Use extends HostCommand {
        @Parameters(
                index = "0",
                paramLabel = "ROUTE",
                description = "Name of the route, such as default.")
        private String route;

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "PROVIDER",
                description = "Ids, in the order in which they are tried.")
        private List<String> providers;

        @Override
        void run() {
            client().put(
                            "/api/llm/routes/" + route,
                            Wire.object().set("providers", Wire.node(providers)));
            output().line("route " + route + " → " + String.join(", ", providers));
        }
    }
}
