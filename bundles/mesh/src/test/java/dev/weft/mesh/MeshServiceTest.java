package dev.weft.mesh;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.mesh.Link;
import dev.weft.api.mesh.LinkException;
import dev.weft.api.mesh.MeshException;
import dev.weft.api.mesh.MessageHandler.Reply;
import dev.weft.api.mesh.Path;
import dev.weft.protocol.MeshMessage;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class MeshServiceTest {
    private static final Duration LONG = Duration.ofMinutes(2);
    private final Net net = new Net();
    private final Net.Host a = net.host("agent-a");
    private final Net.Host b = net.host("agent-b");

    private record Asked(MeshMessage message, Reply reply) {}

    @AfterEach
    void stop() {
        net.close();
    }

    private static JsonNode number(int n) {
        return Wire.object().put("n", n);
    }

    private CompletableFuture<MeshMessage> ask(int n, Duration timeout) {
        return a.mesh.request(b.id, MeshMessage.TASK_REQUEST, number(n), timeout, null);
    }

    private BlockingQueue<Asked> questions(Net.Host host) {
        BlockingQueue<Asked> asked = new LinkedBlockingQueue<>();
        host.handle(
                (peer, message, reply) -> asked.add(new Asked(message, reply)),
                MeshMessage.TASK_REQUEST);
        return asked;
    }

    private static String code(CompletableFuture<?> future) {
        Throwable cause =
                assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
                        .getCause();
        return assertInstanceOf(MeshException.class, cause).code();
    }

    private static String words(CompletableFuture<?> future) {
        return assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS))
                .getCause()
                .getMessage();
    }

    @Test
    void a_request_is_dialed_and_answered_and_the_peer_is_measured() throws Exception {
        a.reaches(Path.P2P);
        b.handle(
                (peer, message, reply) ->
                        reply.send(
                                MeshMessage.TASK_RESPONSE,
                                Wire.object().set("result", message.payload())),
                "task_request");
        assertEquals(7, ask(7, LONG).get().payload().path("result").path("n").asInt());
        await().until(() -> a.mesh.peer(b.id).filter(peer -> peer.rttMillis() >= 0).isPresent());
        assertEquals(Path.P2P, a.mesh.peers().get(0).path());
        assertTrue(a.mesh.peers().get(0).bytesSent() > 0);
        await().until(
                        () ->
                                a.events.contains("peer.connected")
                                        && b.events.contains("peer.connected"));
        assertEquals(0, a.mesh.waiting());
    }

    /** Reference defect 10. */
    @Test
    void an_answer_from_another_peer_does_not_count() throws Exception {
        Net.Host c = net.host("agent-c");
        a.reaches(Path.P2P);
        BlockingQueue<Asked> asked = questions(b);
        CompletableFuture<MeshMessage> answer = ask(1, LONG);
        Asked question = asked.take();
        MemoryLink fromC = net.link(c, a, Path.P2P);
        fromC.send(
                Wire.write(
                        new MeshMessage(
                                "task_response",
                                question.message.requestId(),
                                c.id.value(),
                                a.id.value(),
                                number(666))));
        await().until(() -> a.mesh.drops().unexpected.count() == 1);
        fromC.send(
                Wire.write(
                        new MeshMessage(
                                "task_response",
                                question.message.requestId(),
                                b.id.value(),
                                a.id.value(),
                                number(666))));
        await().until(() -> a.mesh.drops().forged.count() == 1);
        assertFalse(answer.isDone());
        question.reply.send(MeshMessage.TASK_RESPONSE, number(2));
        assertEquals(2, answer.get().payload().path("n").asInt());
    }

    /** Reference defect 9. */
    @Test
    void the_second_answer_is_ignored() throws Exception {
        a.reaches(Path.P2P);
        b.handle(
                (peer, message, reply) -> {
                    reply.send(MeshMessage.TASK_RESPONSE, number(1));
                    reply.send(MeshMessage.TASK_RESPONSE, number(2));
                },
                "task_request");
        assertEquals(1, ask(0, LONG).get().payload().path("n").asInt());
        await().until(() -> a.mesh.drops().unexpected.count() == 1);
        assertEquals(1, ask(0, LONG).get().payload().path("n").asInt());
    }

    @Test
    void silence_ends_in_a_timeout_and_leaves_nothing() {
        a.reaches(Path.P2P);
        b.handle((peer, message, reply) -> {}, "task_request");
        assertEquals("timeout", code(ask(0, Duration.ofMillis(80))));
        await().until(() -> a.mesh.waiting() == 0);
    }

    @Test
    void a_request_that_no_room_takes_is_answered_so() throws Exception {
        a.reaches(Path.P2P);
        assertEquals("not_offered", ask(0, LONG).get().payload().path("code").asText());
    }

    @Test
    void a_prompt_that_is_given_up_is_given_up_at_the_peer() throws Exception {
        a.reaches(Path.P2P);
        BlockingQueue<MeshMessage> heard = new LinkedBlockingQueue<>();
        b.handle(
                (peer, message, reply) -> heard.add(message),
                MeshMessage.AGENT_PROMPT,
                MeshMessage.AGENT_CANCEL);
        CompletableFuture<MeshMessage> answer =
                a.mesh.request(b.id, MeshMessage.AGENT_PROMPT, Wire.object(), LONG, null);
        MeshMessage prompt = heard.poll(20, TimeUnit.SECONDS);
        assertEquals(MeshMessage.AGENT_PROMPT, prompt.type());
        answer.cancel(false);
        MeshMessage cancel = heard.poll(20, TimeUnit.SECONDS);
        assertEquals(MeshMessage.AGENT_CANCEL, cancel.type());
        assertEquals(prompt.requestId(), cancel.requestId());
    }

    @Test
    void a_cancelled_request_is_forgotten() throws Exception {
        a.reaches(Path.P2P);
        BlockingQueue<Asked> asked = questions(b);
        CompletableFuture<MeshMessage> answer = ask(0, LONG);
        Asked question = asked.take();
        answer.cancel(false);
        assertEquals(0, a.mesh.waiting());
        question.reply.send(MeshMessage.TASK_RESPONSE, number(1));
        await().until(() -> a.mesh.drops().unexpected.count() == 1);
    }

    /** Reference defect 11. */
    @Test
    void a_lost_link_fails_what_was_sent_on_it_at_once() throws Exception {
        BlockingQueue<Asked> asked = questions(b);
        MemoryLink link = net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        CompletableFuture<MeshMessage> answer = ask(0, LONG);
        asked.take();
        link.other().close("crash");
        assertEquals("link_closed", code(answer));
        await().until(() -> a.events.contains("peer.disconnected"));
        assertTrue(a.mesh.peers().isEmpty());
    }

    @Test
    void ten_thousand_requests_are_in_flight_and_each_gets_its_own_answer() throws Exception {
        BlockingQueue<Asked> asked = questions(b);
        net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        List<CompletableFuture<MeshMessage>> answers =
                new ArrayList<>(Collections.nCopies(Pending.MOST, null));
        List<Thread> threads =
                IntStream.range(0, 8)
                        .mapToObj(
                                t ->
                                        new Thread(
                                                () -> {
                                                    for (int n = t; n < Pending.MOST; n += 8) {
                                                        answers.set(n, ask(n, LONG));
                                                    }
                                                }))
                        .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        await().atMost(LONG).until(() -> asked.size() == Pending.MOST);
        assertEquals(Pending.MOST, a.mesh.waiting());
        assertEquals("busy", code(ask(-1, LONG)));
        List<Asked> all = new ArrayList<>(asked);
        Collections.shuffle(all);
        all.forEach(
                question ->
                        question.reply.send(MeshMessage.TASK_RESPONSE, question.message.payload()));
        for (int n = 0; n < Pending.MOST; n++) {
            assertEquals(n, answers.get(n).get(60, TimeUnit.SECONDS).payload().path("n").asInt());
        }
        // who is answered may hear of it a moment sooner
        await().until(() -> a.mesh.waiting() == 0);
        assertTrue(net.timer.getQueue().size() < 100, "alarms of answered requests are gone");
    }

    /** Reference defect 19. */
    @Test
    void of_two_links_at_once_the_newer_is_used_and_the_end_of_the_older_does_not_take_it_away()
            throws Exception {
        BlockingQueue<Asked> asked = questions(b);
        MemoryLink first = net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent() && b.mesh.peer(a.id).isPresent());
        MemoryLink second = net.link(a, b, Path.P2P);
        await().until(() -> second.greeted() && second.other().greeted());
        CompletableFuture<MeshMessage> answer = ask(0, LONG);
        Asked question = asked.take();
        first.close("older");
        await().until(() -> !first.isOpen());
        question.reply.send(MeshMessage.TASK_RESPONSE, number(5));
        assertEquals(5, answer.get(60, TimeUnit.SECONDS).payload().path("n").asInt());
        assertTrue(a.mesh.peer(b.id).isPresent());
        assertFalse(a.events.contains("peer.disconnected"));
    }

    @Test
    void the_best_path_wins() throws Exception {
        BlockingQueue<Asked> asked = questions(b);
        MemoryLink direct = net.link(a, b, Path.P2P);
        await().until(() -> direct.greeted() && direct.other().greeted());
        MemoryLink relay = net.link(a, b, Path.RELAY);
        await().until(() -> relay.greeted() && relay.other().greeted());
        ask(0, LONG);
        asked.take();
        assertTrue(direct.frames.stream().anyMatch(frame -> frame.contains("task_request")));
        direct.close("gone");
        await().until(
                        () ->
                                a.mesh.peer(b.id)
                                        .filter(peer -> peer.path() == Path.RELAY)
                                        .isPresent());
        await().until(() -> a.changedTo.contains(Path.RELAY));
    }

    /** Reference defect 11. */
    @Test
    void the_relay_is_asked_when_no_direct_path_can_be_had() throws Exception {
        b.handle(
                (peer, message, reply) -> reply.send(MeshMessage.TASK_RESPONSE, number(3)),
                "task_request");
        a.transport(Path.P2P, peer -> CompletableFuture.failedFuture(new LinkException("no route")))
                .reaches(Path.RELAY);
        assertEquals(3, ask(0, LONG).get().payload().path("n").asInt());
        assertEquals(Path.RELAY, a.mesh.peer(b.id).orElseThrow().path());
    }

    @Test
    void a_peer_that_nothing_reaches_is_named_with_every_reason() {
        a.learned.put(b.id, b.card());
        a.transport(
                Path.RELAY,
                peer -> CompletableFuture.failedFuture(new LinkException("the registry is away")));
        a.transport(
                Path.P2P,
                peer -> {
                    throw new IllegalStateException("ICE failed");
                });
        CompletableFuture<MeshMessage> answer = ask(0, LONG);
        assertEquals("unreachable", code(answer));
        String words = words(answer);
        assertTrue(words.contains("label-of-agent-b") && words.contains("stale"), words);
        assertTrue(
                words.indexOf("p2p: ICE failed") < words.indexOf("relay: the registry is away"),
                words);
        assertEquals("unreachable", code(a.mesh.send(b.id, "task_cancel", "1", number(0))));
        await().until(() -> a.mesh.waiting() == 0);
    }

    @Test
    void a_request_is_late_even_while_the_link_is_being_made() {
        a.transport(Path.P2P, peer -> new CompletableFuture<>());
        assertEquals("timeout", code(ask(0, Duration.ofMillis(80))));
    }

    @Test
    void messages_that_wait_for_the_link_leave_in_order_over_one_attempt() throws Exception {
        CompletableFuture<Link> opening = new CompletableFuture<>();
        List<String> attempts = new CopyOnWriteArrayList<>();
        a.transport(
                Path.P2P,
                peer -> {
                    attempts.add("p2p");
                    return opening;
                });
        List<Integer> got = new CopyOnWriteArrayList<>();
        b.handle((peer, message, reply) -> got.add(message.payload().path("n").asInt()), "note");
        List<CompletableFuture<Void>> left =
                IntStream.range(0, 100)
                        .mapToObj(n -> a.mesh.send(b.id, "note", "", number(n)))
                        .toList();
        Link link = net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        opening.complete(link);
        CompletableFuture.allOf(left.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
        await().until(() -> got.size() == 100);
        assertEquals(IntStream.range(0, 100).boxed().toList(), got);
        assertEquals(1, attempts.size());
    }

    @Test
    void chunks_progress_and_questions_arrive_in_order_before_the_answer() throws Exception {
        a.reaches(Path.P2P);
        List<String> types =
                List.of(
                        MeshMessage.TASK_STREAM_CHUNK,
                        MeshMessage.TASK_PROGRESS,
                        MeshMessage.TASK_INPUT_REQUIRED,
                        MeshMessage.AGENT_STREAM_CHUNK);
        b.handle(
                (peer, message, reply) -> {
                    for (int n = 0; n < 50; n++) {
                        reply.send(types.get(n % types.size()), number(n));
                    }
                    reply.send(MeshMessage.TASK_RESPONSE, number(-1));
                },
                "task_request");
        List<Integer> chunks = new CopyOnWriteArrayList<>();
        a.mesh.request(
                        b.id,
                        "task_request",
                        number(0),
                        LONG,
                        message -> {
                            chunks.add(message.payload().path("n").asInt());
                            if (chunks.size() == 3) {
                                throw new IllegalStateException("a listener that fails");
                            }
                        })
                .get();
        assertEquals(IntStream.range(0, 50).boxed().toList(), chunks);
    }

    @Test
    void both_sides_of_a_new_link_learn_the_other_and_a_new_skill_is_known_at_once() {
        net.link(a, b, Path.P2P);
        await().until(() -> a.learned.containsKey(b.id) && b.learned.containsKey(a.id));
        b.skills = List.of(new SkillCard("disk", "1.0.0", "Disk", "", List.of()));
        new CardAnnouncer(b.mesh, b, net.blocking, net.timer).cardChanged();
        await().until(() -> a.learned.get(b.id).offers("disk"));
    }

    @Test
    void a_card_of_someone_else_is_not_learned() throws Exception {
        MemoryLink link = net.link(a, b, Path.RELAY);
        Net.Host c = net.host("agent-c");
        CountDownLatch after = new CountDownLatch(1);
        b.handle((peer, message, reply) -> after.countDown(), "note");
        link.send(
                Wire.write(
                        new MeshMessage(
                                "agent_status",
                                "",
                                a.id.value(),
                                b.id.value(),
                                Wire.object().set("card", Wire.node(c.card())))));
        link.send(
                Wire.write(
                        new MeshMessage(
                                "agent_status",
                                "",
                                a.id.value(),
                                b.id.value(),
                                Wire.object().set("card", Wire.node(a.card())))));
        link.send(Wire.write(new MeshMessage("note", "", a.id.value(), b.id.value(), number(0))));
        assertTrue(after.await(30, TimeUnit.SECONDS));
        assertTrue(b.learned.containsKey(a.id));
        assertFalse(b.learned.containsKey(c.id));
    }

    @Test
    void hostile_frames_are_counted_and_harm_nothing() throws Exception {
        b.handle(
                (peer, message, reply) -> reply.send(MeshMessage.TASK_RESPONSE, number(1)),
                "task_request");
        b.handle(
                (peer, message, reply) -> {
                    throw new IllegalStateException("a handler that fails");
                },
                "explode");
        MemoryLink link = net.link(a, b, Path.P2P);
        List<String> bad =
                List.of(
                        "",
                        "{",
                        "null",
                        "[]",
                        "7",
                        "\"x\"",
                        "{\"type\":null}",
                        "{\"type\":{}}",
                        "{\"type\":\"ping\",\"type\":\"pong\"}",
                        "[".repeat(100_000),
                        "{\"type\":\"ping\",\"request_id\":\"" + "x".repeat(200) + "\"}",
                        "{\"type\":\"" + "t".repeat(100) + "\"}");
        bad.forEach(link::send);
        link.send("{\"type\":\"hello\",\"payload\":{\"card\":{\"agent_id\":\"../etc\"}}}");
        link.send("{\"type\":\"pong\"}");
        link.send("{\"type\":\"explode\"}");
        link.send("{\"type\":\"from_the_future\",\"payload\":[1]}");
        await().until(() -> b.mesh.drops().unknown.count() == 1);
        assertEquals(bad.size() + 1, b.mesh.drops().malformed.count());
        assertEquals(1, b.mesh.drops().unexpected.count());
        assertEquals(1, ask(0, LONG).get().payload().path("n").asInt());
    }

    @Test
    void a_host_does_not_talk_to_itself() {
        assertTrue(
                words(a.mesh.request(a.id, "task_request", number(0), LONG, null))
                        .contains("is this host itself"));
        assertEquals("unreachable", code(a.mesh.send(a.id, "note", "", number(0))));
    }

    @Test
    void a_skill_query_tells_what_is_here() throws Exception {
        a.reaches(Path.P2P);
        b.skills = List.of(new SkillCard("disk", "1.0.0", "Disk", "Free space", List.of()));
        JsonNode yes =
                a.mesh.request(b.id, "skill_query", Wire.object().put("skill", "disk"), LONG, null)
                        .get()
                        .payload();
        assertEquals(
                "{\"available\":true,\"description\":\"Free space\"}", Wire.write((Object) yes));
        assertFalse(
                a.mesh.request(b.id, "skill_query", Wire.object().put("skill", "x"), LONG, null)
                        .get()
                        .payload()
                        .path("available")
                        .asBoolean(true));
    }

    @Test
    void an_agent_that_left_the_mesh_is_cut_off() {
        MemoryLink link = net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        a.mesh.removed(b.id);
        await().until(() -> !link.isOpen() && a.mesh.peers().isEmpty());
    }

    @Test
    void stopping_fails_what_waits_and_closes_the_links() {
        b.handle((peer, message, reply) -> {}, "task_request");
        MemoryLink link = net.link(a, b, Path.P2P);
        await().until(() -> a.mesh.peer(b.id).isPresent());
        CompletableFuture<MeshMessage> answer = ask(0, LONG);
        a.mesh.close();
        assertEquals("stopped", code(answer));
        assertFalse(link.isOpen());
        assertEquals("stopped", code(ask(0, LONG)));
    }
}
