package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code weft llm}. */
@Command(
        name = "llm",
        description = "Chat model providers and the routes to them.",
        subcommands = {LlmCommand.Show.class, LlmCommand.Use.class})
final class LlmCommand extends HostCommand {
    @Override
    void run() {
        show(client().get("/api/llm"), output());
    }

    private static void show(JsonNode llm, Output output) {
        List<List<String>> rows = new ArrayList<>();
        llm.path("providers")
                .forEach(
                        provider ->
                                rows.add(
                                        List.of(
                                                provider.path("id").asText(),
                                                provider.path("type").asText(),
                                                provider.path("model").asText(),
                                                provider.path("calls").asText(),
                                                provider.path("failures").asText(),
                                                provider.path("lastError").asText(""))));
        output.table(
                List.of("PROVIDER", "TYPE", "MODEL", "CALLS", "FAILED", "LAST ERROR"),
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
