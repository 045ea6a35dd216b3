package dev.weft.tasks;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.task.TaskHandle;
import dev.weft.api.task.TaskRequest;
import dev.weft.api.task.TaskState;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Two engines and a network that drops, doubles, delays and reorders what they say, while the one that works is killed. */
class ExchangeModelTest {
    private static final int TASKS = 25;

    @Property(tries = 6, shrinking = ShrinkingMode.OFF)
    void every_task_is_done_once_whatever_the_network_does(@ForAll long seed) throws Exception {
        Path folder = Files.createTempDirectory("weft-model");
        try (Scramble network = new Scramble(seed, folder)) {
            List<TaskHandle> handles = new ArrayList<>();
            for (int i = 0; i < TASKS; i++) {
                handles.add(network.submit(i));
                if (i == TASKS / 2) {
                    network.kill();
                }
            }
            network.kill();
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> handles.stream().allMatch(handle -> handle.done().isDone()));
            for (TaskHandle handle : handles) {
                assertEquals(TaskState.COMPLETED, handle.task().state(), handle.task().toString());
                assertEquals(handle.task().id(), handle.task().result().asText());
            }
            assertEquals(TASKS, network.effects.size());
            assertEquals(Set.of(), network.repeated, "ran again after it had completed");
        } finally {
            try (var files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
            }
        }
    }

    /** The network, and the host at its other end. */
    private static final class Scramble implements AutoCloseable {
        final Set<String> effects = ConcurrentHashMap.newKeySet();
        final Set<String> repeated = ConcurrentHashMap.newKeySet();
        private final Random random;
        private final Path folder;
        private final ScheduledExecutorService wire = Executors.newScheduledThreadPool(2);
        private final List<Host> all = new ArrayList<>();
        private final AtomicBoolean lossless = new AtomicBoolean(true);
        private final AtomicInteger requests = new AtomicInteger();
        private final Host here;
        private volatile Host there;

        Scramble(long seed, Path folder) throws IOException {
            random = new Random(seed);
            this.folder = folder;
            here = new Host("here", 64, Map.of(), folder.resolve("here"));
            all.add(here);
            begin();
            here.stranger = this::request;
        }

        TaskHandle submit(int n) {
            return here.engine.submit(
                    new TaskRequest(
                            "once",
                            Wire.object().put("n", n),
                            Optional.empty(),
                            here.id,
                            Duration.ofMinutes(10),
                            0,
                            TaskRequest.Options.DURABLE));
        }

        private void begin() {
            Host fresh = new Host("there", 64, Map.of("skills_wait", 30), folder.resolve("there"));
            fresh.skills.with(
                    "once",
                    (input, context) -> {
                        boolean known =
                                fresh.engine
                                        .engine()
                                        .runs()
                                        .ledger()
                                        .outcome(context.taskId())
                                        .isPresent();
                        if (known) {
                            repeated.add(context.taskId());
                        }
                        Thread.onSpinWait();
                        effects.add(context.idempotencyKey());
                        return TextNode.valueOf(context.taskId());
                    });
            all.add(fresh);
            here.link(fresh);
            there = fresh;
        }

        /** What the host has not written by now is lost, and nobody hears of it again. */
        void kill() {
            Host dead = there;
            there = null;
            dead.engine.engine().runs().ledger().close();
            here.relink();
            begin();
        }

        private synchronized int roll(int sides) {
            return random.nextInt(sides);
        }

        /** Sends something now, later, twice or never: never the first time, so that no seed is harmless. A loss is a link that broke. */
        private void carry(Runnable delivery) {
            int fate = roll(10);
            if (lossless.getAndSet(false) || fate == 0) {
                here.relink();
                return;
            }
            int copies = fate == 1 ? 2 : 1;
            for (int i = 0; i < copies; i++) {
                wire.schedule(delivery, fate < 6 ? 0 : roll(40), TimeUnit.MILLISECONDS);
            }
        }

        private CompletableFuture<MeshMessage> request(
                JsonNode payload, Consumer<MeshMessage> interim) {
            CompletableFuture<MeshMessage> answer = new CompletableFuture<>();
            Host peer = there;
            if (peer == null) {
                answer.completeExceptionally(new MeshException("unreachable", "no link"));
                return answer;
            }
            MeshMessage message =
                    new MeshMessage(
                            MeshMessage.TASK_REQUEST,
                            "r" + requests.incrementAndGet(),
                            here.id.value(),
                            peer.id.value(),
                            payload);
            carry(
                    () ->
                            peer.peerTasks.handle(
                                    here.id,
                                    message,
                                    (type, said) -> {
                                        if (peer != there) {
                                            return false;
                                        }
                                        MeshMessage back = message.respond(type, said);
                                        carry(
                                                () -> {
                                                    if (type.equals(MeshMessage.TASK_RESPONSE)) {
                                                        answer.complete(back);
                                                    } else {
                                                        interim.accept(back);
                                                    }
                                                });
                                        return true;
                                    }));
            return answer;
        }

        @Override
        public void close() {
            all.forEach(Host::close);
            wire.shutdownNow();
        }
    }
}
