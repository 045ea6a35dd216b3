package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** P2P survives the loss of the control plane, and the control plane comes back by itself; sockets outlive their tokens. */
@Tag("once")
class RegistryLossIT {
    @TempDir Path folder;

    /** Reference defect 16. */
    @Test
    void calls_go_on_while_the_registry_is_dead_and_both_are_listed_again_when_it_is_back()
            throws Exception {
        try (TestHost registry =
                        new TestHost(folder.resolve("registry"), "registry")
                                .keepsPort()
                                .configure(
                                        "dev.weft.identity", Wire.object().put("token_seconds", 10))
                                .start("--role", "registry");
                TestHost one = new TestHost(folder.resolve("one"), "one");
                TestHost two = new TestHost(folder.resolve("two"), "two")) {
            registry.admit(one);
            registry.admit(two);
            for (TestHost host : List.of(one, two)) {
                host.configure(
                        "dev.weft.signaling.client", Wire.object().put("reconnect_max_seconds", 5));
            }
            one.start();
            two.start();
            TestHost.await("a P2P link", () -> one.linkedTo("two", "p2p"));
            Program.drop("text", two.deploy());
            TestHost.await("the skill on the other host", () -> one.lists("text", "two"));
            call(one);
            socketsOutliveTheirTokens(registry);

            registry.program().kill();
            for (int i = 0; i < 5; i++) {
                call(one);
            }

            registry.start("--role", "registry");
            TestHost.await(
                    "both listed again",
                    () -> registered(registry, "one") && registered(registry, "two"));
            call(one);
            assertEquals(0, registry.weft("revoke", "two").exit());
            TestHost.await("the end of the revoked one", () -> !registered(registry, "two"));
        }
    }

    /** Three sockets (the registry's own host has one), and each gets a fresh token every five seconds or so. */
    private static void socketsOutliveTheirTokens(TestHost registry) throws Exception {
        double opened = measure(registry, "weft_signaling_sockets_opened_total");
        double renewed = measure(registry, "weft_signaling_renewals_total");
        TestHost.await(
                "two lives of a token",
                () -> measure(registry, "weft_signaling_renewals_total") >= renewed + 6);
        assertEquals(
                opened,
                measure(registry, "weft_signaling_sockets_opened_total"),
                "a socket ended with its token and had to be opened anew");
    }

    private static double measure(TestHost registry, String name) throws Exception {
        return Rest.send(registry, "/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in /metrics"));
    }

    private static boolean registered(TestHost registry, String name) throws Exception {
        var request =
                java.net.http.HttpRequest.newBuilder(
                                URI.create(registry.url() + "/api/registry/agents"))
                        .header("X-API-Key", registry.localKey())
                        .build();
        String body =
                java.net.http.HttpClient.newHttpClient()
                        .send(request, java.net.http.HttpResponse.BodyHandlers.ofString())
                        .body();
        for (JsonNode agent : dev.weft.protocol.Wire.tree(body)) {
            if (agent.path("name").asText().equals(name)) {
                return agent.path("health").asText().equals("active")
                        && agent.path("connected").asBoolean();
            }
        }
        return false;
    }

    private static void call(TestHost from) {
        JsonNode task =
                from.json("call", "text.statistics", "text=one two three", "--agent", "two");
        assertEquals("completed", task.path("state").asText(), task.toString());
        assertEquals("p2p", task.path("path").asText(), task.toString());
    }
}
