package dev.weft.mesh;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Links come, go and break in any order while both sides talk: nothing is lost, nothing comes twice, nothing overtakes. */
class PathChangeTest {
    private static final int STEPS = 60;

    /** What one host was sent, and what arrived at the other. */
    private static final class Talk {
        private final Net.Host from;
        private final Net.Host to;
        private final List<CompletableFuture<Void>> left = new ArrayList<>();
        private final List<JsonNode> got = new CopyOnWriteArrayList<>();
        private int next;

        Talk(Net.Host from, Net.Host to) {
            this.from = from;
            this.to = to;
            to.handle((peer, message, reply) -> got.add(message.payload()), "note");
        }

        void say(Random random) {
            int length = random.nextInt(10) == 0 ? 70_000 + random.nextInt(200_000) : 20;
            String text = (random.nextBoolean() ? "x" : "" + random.nextInt()).repeat(length / 5);
            int request = random.nextInt(3);
            JsonNode payload =
                    Wire.object()
                            .put("n", next++)
                            .put("r", request)
                            .put("large", text.length() > 60_000)
                            .put("text", text);
            left.add(from.mesh.send(to.id, "note", "r" + request, payload));
        }

        void check() {
            await().atMost(Duration.ofSeconds(60)).until(() -> got.size() >= next);
            left.forEach(CompletableFuture::join);
            List<Integer> all = numbers(got);
            assertEquals(
                    IntStream.range(0, next).boxed().toList(),
                    all.stream().sorted().toList(),
                    "each once");
            Map<Integer, List<JsonNode>> byRequest =
                    got.stream().collect(Collectors.groupingBy(p -> p.path("r").asInt()));
            byRequest
                    .values()
                    .forEach(
                            list ->
                                    assertEquals(
                                            numbers(list).stream().sorted().toList(),
                                            numbers(list),
                                            "in order within a request"));
        }

        private static List<Integer> numbers(List<JsonNode> payloads) {
            return payloads.stream().map(payload -> payload.path("n").asInt()).toList();
        }
    }

    @Property(tries = 30)
    void any_interleaving_of_links_delivers_everything_once_and_in_order(@ForAll long seed) {
        Random random = new Random(seed);
        try (Net net = new Net()) {
            Net.Host a = net.host("agent-a");
            Net.Host b = net.host("agent-b");
            List.of(a, b)
                    .forEach(host -> host.transport(Path.P2P, peer -> new CompletableFuture<>()));
            Talk there = new Talk(a, b);
            Talk back = new Talk(b, a);
            List<MemoryLink> links = new ArrayList<>();
            links.add(net.link(a, b, Path.RELAY));
            // until both said hello a link that breaks takes its messages along, as with any peer
            await().until(() -> links.get(0).greeted() && links.get(0).other().greeted());
            for (int step = 0; step < STEPS; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> links.add(net.link(a, b, Path.values()[random.nextInt(3)]));
                    case 1 -> {
                        if (!links.isEmpty()) {
                            links.remove(random.nextInt(links.size())).cut();
                        }
                    }
                    case 2 -> {
                        if (!links.isEmpty()) {
                            links.remove(random.nextInt(links.size())).close("on purpose");
                        }
                    }
                    case 3 -> Thread.yield();
                    case 4, 5 -> there.say(random);
                    default -> back.say(random);
                }
            }
            net.link(a, b, Path.P2P);
            there.check();
            back.check();
        }
    }
}
