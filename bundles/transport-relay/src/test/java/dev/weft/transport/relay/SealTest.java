package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Link;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Between hosts that know each other's keys the registry carries what it cannot read, change, repeat or make up. */
@Timeout(90)
class SealTest extends TwoSidesTest {
    private static final String SECRET = "the-launch-code-is-4711";
    private static final String MESSAGE =
            "{\"type\":\"task_request\",\"payload\":{\"message\":\"" + SECRET + "\"}}";

    @Test
    void the_registry_sees_nothing_of_what_it_carries() throws Exception {
        Link there = a.connect();
        for (int i = 0; i < 20; i++) {
            there.send(MESSAGE);
            b.link.send(MESSAGE);
        }
        assertEquals(20, a.received(MESSAGE));
        assertEquals(20, b.received(MESSAGE));
        assertEquals("registry, sealed", there.candidatePair());
        String seen = Wire.write(List.of(a.wire, b.wire));
        String plain =
                Stream.of(a.wire, b.wire)
                        .flatMap(List::stream)
                        .map(message -> message.payload().path("sealed").path("text").asText())
                        .map(Base64.getDecoder()::decode)
                        .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1))
                        .collect(Collectors.joining());
        assertTrue(plain.length() > 40 * MESSAGE.length());
        for (String part : List.of("4711", "launch", "task_request")) {
            assertFalse(seen.contains(part));
            assertFalse(plain.contains(part));
        }
        assertEquals(
                42,
                a.wire.size() + b.wire.size(),
                "one offer, one answer, and a frame for each message");
    }

    private static long sealed(Side side) {
        return side.wire.stream()
                .filter(message -> message.payload().path("sealed").has("text"))
                .count();
    }

    @Test
    void what_is_said_while_a_link_opens_leaves_as_one_frame_and_in_order() throws Exception {
        String array = "[" + MESSAGE + "]";
        a.onOpened =
                link -> {
                    link.send(MESSAGE);
                    link.send(MESSAGE);
                    link.send(array);
                    link.send(MESSAGE);
                };
        a.connect().send(MESSAGE);
        assertEquals(
                List.of(
                        "opened agent-a",
                        "received [" + MESSAGE + "," + MESSAGE + "]",
                        "received " + array,
                        "received " + MESSAGE,
                        "received " + MESSAGE),
                b.news);
        assertEquals(4, sealed(a));
    }

    @Test
    void what_is_too_long_together_leaves_one_by_one() throws Exception {
        String half = "{\"text\":\"" + "y".repeat(RelayLink.MAX_FRAME / 2) + "\"}";
        a.onOpened = link -> List.of(half, half).forEach(link::send);
        a.connect();
        assertEquals(2, b.received(half));
    }

    @Test
    void what_is_said_first_and_cannot_leave_ends_the_link() throws Exception {
        a.onOpened =
                link -> {
                    link.send(MESSAGE);
                    a.full = true;
                };
        assertFalse(a.connect().isOpen());
        assertEquals(
                List.of(
                        "opened agent-b",
                        "closed what was said first could not be sent through the registry"),
                a.news);
    }

    @Test
    void a_peer_that_does_not_seal_gets_each_message_by_itself() throws Exception {
        a.peerKey = "";
        b.peerKey = "";
        a.onOpened = link -> List.of(MESSAGE, MESSAGE).forEach(link::send);
        a.connect();
        assertEquals(2, b.received(MESSAGE));
    }

    @Test
    void the_longest_frame_fits_into_a_signaling_frame() throws Exception {
        String longest = "\"" + "y".repeat(RelayLink.MAX_FRAME - 2) + "\"";
        a.connect().send(longest);
        assertEquals(1, b.received(longest));
    }

    @Test
    void both_may_offer_at_once() throws Exception {
        a.registry = message -> null; // late, not lost
        var waiting = a.transport.connect(b.id);
        SignalMessage offer = a.wire.get(0);
        a.registry = UnaryOperator.identity();
        Link back = b.connect();
        back.send(MESSAGE);
        b.arrives(offer);
        Link there = waiting.get(20, TimeUnit.SECONDS);
        there.send(MESSAGE);
        back.send(MESSAGE);
        assertEquals(2, a.received(MESSAGE));
        assertEquals(1, b.received(MESSAGE));
    }

    @Test
    void a_lost_answer_is_made_good_by_the_next_offer() throws Exception {
        b.registry = message -> null;
        var waiting = a.transport.connect(b.id);
        b.registry = UnaryOperator.identity();
        assertEquals(List.of(), b.news, "a link that nobody has used yet");
        b.connect().send(MESSAGE);
        assertEquals(1, a.received(MESSAGE));
        assertFalse(waiting.isDone());
    }

    @Test
    void a_frame_that_the_registry_repeats_or_holds_back_opens_once_and_in_order()
            throws Exception {
        Link there = a.connect();
        there.send(MESSAGE);
        SignalMessage first = a.wire.get(a.wire.size() - 1);
        b.arrives(first);
        there.send(MESSAGE);
        b.arrives(first);
        assertEquals(2, b.received(MESSAGE));
        assertTrue(there.isOpen());
    }

    private static ObjectNode changed(ObjectNode payload) {
        ObjectNode sealed = (ObjectNode) payload.get("sealed");
        String text = sealed.get("text").asText();
        return sealed.put("text", (text.startsWith("A") ? "B" : "A") + text.substring(1));
    }

    @Test
    void a_frame_that_the_registry_changes_or_sends_back_is_dropped() throws Exception {
        Link there = a.connect();
        there.send(MESSAGE);
        a.registry = Side.lying(payload -> payload.set("sealed", changed(payload)));
        there.send(MESSAGE);
        a.registry = UnaryOperator.identity();
        there.send(MESSAGE);
        SignalMessage own = a.wire.get(a.wire.size() - 1);
        a.arrives(new SignalMessage(own.type(), b.id.value(), a.id.value(), own.payload()));
        assertEquals(2, b.received(MESSAGE));
        assertEquals(0, a.received(MESSAGE));
    }

    @Test
    void a_first_frame_that_does_not_open_ends_the_link_and_the_next_one_works() throws Exception {
        Link there = a.connect();
        a.registry = Side.lying(payload -> payload.set("sealed", changed(payload)));
        there.send(MESSAGE);
        assertFalse(there.isOpen());
        a.registry = UnaryOperator.identity();
        a.connect().send(MESSAGE);
        assertEquals(List.of("opened agent-a", "received " + MESSAGE), b.news);
    }

    @Test
    void a_registry_that_puts_its_own_key_in_is_caught() {
        Side evil = new Side("agent-a", folder.resolve("evil"));
        evil.other = b;
        evil.learns(b);
        evil.transport.connect(b.id);
        evil.arrives(b.wire.get(0));
        evil.link.send(MESSAGE);
        assertEquals(List.of(), b.news, "an offer in another's name opens nothing");
        evil.close();
        b.registry =
                Side.lying(
                        payload -> {
                            ((ObjectNode) payload.get("seal").get("prekey_answer"))
                                    .put("key", new SealKeys().publicKey());
                            return payload;
                        });
        assertEquals("the answer in the name of agent-b is not its own", a.refused().getMessage());
        assertTrue(a.news.isEmpty());
    }

    @Test
    void a_downgrade_is_refused_both_ways() throws Exception {
        b.arrives(
                new SignalMessage(
                        SignalMessage.RELAY,
                        a.id.value(),
                        b.id.value(),
                        Wire.object().set("message", Wire.tree(MESSAGE))));
        assertEquals(List.of(), b.news);
        a.registry = message -> null;
        var waiting = a.transport.connect(b.id);
        a.error("relay", b.id.value());
        assertTrue(waiting.isCompletedExceptionally());
        assertEquals(List.of(), a.news, "no link in clear instead");
        assertTrue(a.wire.stream().noneMatch(message -> message.payload().has("message")));
    }

    @Test
    void a_peer_without_a_key_is_served_in_clear_until_it_has_one() throws Exception {
        a.peerKey = "";
        b.peerKey = "";
        Link plain = a.connect();
        plain.send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
        assertEquals("registry, not sealed", plain.candidatePair());
        a.learns(b);
        b.learns(a);
        assertFalse(plain.isOpen());
        a.connect().send(MESSAGE);
        assertEquals(2, b.received(MESSAGE));
        assertTrue(a.wire.get(a.wire.size() - 1).payload().has("sealed"));
    }

    @Test
    void an_offer_that_comes_before_the_directory_is_answered_when_the_key_is_known()
            throws Exception {
        b.peerKey = "";
        a.onOpened = link -> link.send(MESSAGE);
        var waiting = a.transport.connect(b.id);
        assertFalse(waiting.isDone());
        b.learns(a);
        waiting.get(20, TimeUnit.SECONDS).send(MESSAGE);
        assertEquals(2, b.received(MESSAGE));
    }

    @Test
    void a_peer_that_forgot_the_seal_says_so_and_the_next_link_works() throws Exception {
        Link there = a.connect();
        b.transport.disconnected();
        there.send(MESSAGE);
        assertFalse(there.isOpen());
        a.connect().send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
    }

    @Test
    void rubbish_harms_nothing() throws Exception {
        Link there = a.connect();
        for (String payload :
                List.of(
                        "{\"seal\":7}",
                        "{\"seal\":{}}",
                        "{\"seal\":{\"offer\":null}}",
                        "{\"seal\":{\"offer\":{\"id\":\"x\",\"key\":\"!\",\"signature\":\"!\"}}}",
                        "{\"seal\":{\"answer\":[]}}",
                        "{\"seal\":{\"prekey_offer\":[]}}",
                        "{\"seal\":{\"prekey_offer\":{\"id\":\"x\",\"key\":7,\"expires\":{},\"signature\":[]}}}",
                        "{\"seal\":{\"prekey_answer\":{\"id\":\"x\"}},\"sealed\":{}}",
                        "{\"seal\":{\"unknown\":{}}}",
                        "{\"sealed\":{}}",
                        "{\"sealed\":{\"id\":\"x\",\"n\":1e99,\"text\":\"\\u0000\"}}")) {
            b.arrives(
                    new SignalMessage(
                            SignalMessage.RELAY,
                            new AgentId("agent-a").value(),
                            b.id.value(),
                            Wire.tree(payload)));
        }
        there.send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
    }
}
