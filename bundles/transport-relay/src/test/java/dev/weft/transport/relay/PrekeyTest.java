package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Link;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a registry that lies, and an agent that helps it, can do with keys that are signed for no seal in particular. */
@Timeout(20)
class PrekeyTest extends TwoSidesTest {
    private static final String MESSAGE = "{\"type\":\"task_request\",\"payload\":{}}";
    private static final String OFFER = "prekey_offer";
    private static final String ANSWER = "prekey_answer";

    private static JsonNode part(SignalMessage message, String kind) {
        return message.payload().path("seal").path(kind);
    }

    private static ObjectNode seal(String kind, JsonNode content) {
        ObjectNode frame = Wire.object();
        frame.putObject("seal").set(kind, content);
        return frame;
    }

    /** A registry that changes what it carries of one kind, and leaves the id alone. */
    private static UnaryOperator<SignalMessage> lying(String kind, UnaryOperator<ObjectNode> lie) {
        return Side.lying(
                payload -> {
                    if (payload.path("seal").has(kind)) {
                        ObjectNode seal = (ObjectNode) payload.get("seal");
                        String id = seal.get(kind).get("id").asText();
                        seal.set(kind, lie.apply((ObjectNode) seal.get(kind)).put("id", id));
                    }
                    return payload;
                });
    }

    private static long count(Side side, String kind) {
        return side.wire.stream().filter(message -> !part(message, kind).isMissingNode()).count();
    }

    /** All that the keys are derived from, besides the shared secret. */
    private static String transcript(PublicPrekey offered, PublicPrekey answered, String id) {
        return String.join(
                "\n",
                "weft-seal-prekeys",
                offered.agent().value(),
                offered.hostKey(),
                offered.key(),
                String.valueOf(offered.expires()),
                answered.agent().value(),
                answered.hostKey(),
                answered.key(),
                String.valueOf(answered.expires()),
                id);
    }

    private static void assertOpensNothing(Side from, Side to) throws Exception {
        Link there = from.connect();
        there.send(MESSAGE);
        assertEquals(List.of(), to.news);
        assertFalse(there.isOpen(), "the peer says that it cannot open that");
    }

    @Test
    void an_offer_that_is_played_again_opens_no_link_and_harms_none() throws Exception {
        a.connect().send(MESSAGE);
        SignalMessage old = a.wire.get(0);
        a.transport.disconnected();
        b.transport.disconnected();
        b.news.clear();
        b.arrives(old);
        assertEquals(List.of(), b.news, "nobody has the key to it");
        Link there = a.connect();
        there.send(MESSAGE);
        for (int i = 0; i < 10; i++) {
            b.arrives(old);
        }
        there.send(MESSAGE);
        b.link.send(MESSAGE);
        assertTrue(there.isOpen());
        assertEquals(2, b.received(MESSAGE));
        assertEquals(1, a.received(MESSAGE));
    }

    @Test
    void an_answer_that_is_played_again_makes_a_link_that_nobody_else_reads() throws Exception {
        a.connect();
        JsonNode old = part(b.wire.get(0), ANSWER);
        a.transport.disconnected();
        b.transport.disconnected();
        b.registry = lying(ANSWER, answer -> old.deepCopy());
        assertOpensNothing(a, b);
        b.registry = UnaryOperator.identity();
        a.connect().send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
    }

    @Test
    void what_a_host_sent_is_not_taken_as_its_peers() {
        b.registry = lying(ANSWER, answer -> (ObjectNode) part(a.wire.get(0), OFFER).deepCopy());
        assertEquals("the answer in the name of agent-b is not its own", a.refused().getMessage());
        a.arrives(a.wire.get(0).payload());
        a.arrives(Wire.object().set("sealed", Wire.object().put("id", "x").put("text", "")));
        assertEquals(List.of(), a.news);
    }

    @Test
    void two_offers_are_not_made_answers_of_each_other() throws Exception {
        a.registry = message -> null;
        b.registry = message -> null;
        var one = a.transport.connect(b.id);
        var other = b.transport.connect(a.id);
        ObjectNode ofA = (ObjectNode) part(a.wire.get(0), OFFER);
        ObjectNode ofB = (ObjectNode) part(b.wire.get(0), OFFER);
        String idOfA = ofA.get("id").asText();
        a.arrives(seal(ANSWER, ofB.deepCopy().put("id", idOfA)));
        b.arrives(seal(ANSWER, ofA.deepCopy().put("id", ofB.get("id").asText())));
        assertTrue(one.isDone() && other.isDone(), "both keys are signed by whom they should be");
        one.get().send(MESSAGE);
        ObjectNode frame =
                (ObjectNode) a.wire.get(a.wire.size() - 1).payload().get("sealed").deepCopy();
        b.arrives(Wire.object().set("sealed", frame.put("id", ofB.get("id").asText())));
        assertEquals(0, b.received(MESSAGE));
    }

    @Test
    void offers_of_two_peers_cannot_be_exchanged() throws Exception {
        try (Side c = new Side("agent-c", folder)) {
            c.other = b;
            c.learns(b);
            c.transport.connect(b.id);
            ObjectNode ofC = (ObjectNode) part(c.wire.get(0), OFFER);
            b.news.clear();
            a.registry = lying(OFFER, offer -> ofC.deepCopy());
            assertOpensNothing(a, b);
        }
    }

    @Test
    void who_signs_anothers_key_as_its_own_gets_nothing_that_opens() {
        try (Side e = new Side("agent-e", folder)) {
            Prekey ofA = new Prekey(a, Instant.now());
            Prekey ofB = new Prekey(b, Instant.now());
            PublicPrekey shown = ofA.shown();
            String text = PublicPrekey.signedText(e.id, shown.key(), shown.expires());
            PublicPrekey stolen =
                    new PublicPrekey(
                            e.id,
                            e.publicKey(),
                            shown.key(),
                            shown.expires(),
                            Signatures.sign(e, text));
            PrekeyOffer offer = new PrekeyOffer(b.id, ofA, InstantSource.system());
            Seal withB = offer.complete(b.publicKey(), ofB.shown().json(offer.id()));
            Seal withE = PrekeyOffer.accept(offer.id(), stolen, ofB);
            assertThrows(RuntimeException.class, () -> withE.open(withB.seal(MESSAGE)));
            Seal withA = PrekeyOffer.accept(offer.id(), shown, ofB);
            assertEquals(MESSAGE, withA.open(withB.seal(MESSAGE)), "all else is well");
            byte[] agreed =
                    ofB.keys().agree(shown.key(), transcript(shown, ofB.shown(), offer.id()));
            Seal written = new Seal(offer.id(), agreed, b.id, a.id);
            assertEquals(MESSAGE, written.open(withB.seal(MESSAGE)), "as the protocol says");
            Seal elsewhere = PrekeyOffer.accept(offer.id() + "0", shown, ofB);
            assertThrows(RuntimeException.class, () -> elsewhere.open(withB.seal(MESSAGE)));
        }
    }

    @Test
    void who_has_stolen_a_hosts_key_cannot_be_another_to_it() {
        SignalMessage[] offer = new SignalMessage[1];
        a.registry =
                message -> {
                    offer[0] = message;
                    return null;
                };
        a.transport.connect(b.id);
        Prekey forged = new Prekey(b, Instant.now()); // with the key of b itself
        b.arrives(seal(OFFER, forged.shown().json("forged")));
        b.arrives(offer[0]);
        PublicPrekey ofA = PublicPrekey.read(a.id, a.publicKey(), part(offer[0], OFFER));
        JsonNode answer = part(b.wire.get(b.wire.size() - 1), ANSWER);
        PublicPrekey ofB = PublicPrekey.read(b.id, b.publicKey(), answer);
        String id = answer.get("id").asText();
        byte[] guess = forged.keys().agree(ofB.key(), transcript(ofA, ofB, id));
        b.arrives(Wire.object().set("sealed", new Seal(id, guess, a.id, b.id).seal(MESSAGE)));
        assertEquals(List.of(), b.news);
    }

    @Test
    void a_key_lives_no_longer_than_it_is_signed_for() throws Exception {
        a.registry =
                lying(OFFER, offer -> offer.put("expires", offer.get("expires").asLong() + 60));
        assertOpensNothing(a, b);
        a.registry = UnaryOperator.identity();
        a.connect();
        JsonNode old = part(b.wire.get(b.wire.size() - 1), ANSWER);
        a.transport.disconnected();
        b.transport.disconnected();
        a.ahead = Duration.ofHours(7);
        b.ahead = Duration.ofHours(7);
        b.registry = lying(ANSWER, answer -> old.deepCopy());
        a.connect().send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
        assertEquals(1, count(a, "offer"), "what is signed for this seal alone");
    }

    private void connectWithClocksApart(Duration apart) throws Exception {
        for (Duration ahead : List.of(apart, apart.negated())) {
            a.ahead = ahead;
            a.connect().send(MESSAGE);
            a.transport.disconnected();
            b.transport.disconnected();
        }
        assertEquals(2, b.received(MESSAGE));
    }

    @Test
    void clocks_may_differ_by_hours() throws Exception {
        connectWithClocksApart(Duration.ofMinutes(179));
        assertEquals(0, count(a, "offer"));
    }

    @Test
    void where_clocks_differ_by_more_the_keys_are_signed_for_one_seal() throws Exception {
        connectWithClocksApart(Duration.ofHours(7));
        assertEquals(2, count(a, "offer"));
        assertEquals(2, count(b, "answer"));
    }

    @Test
    void each_key_is_sent_once() throws Exception {
        Set<String> keys = new HashSet<>();
        for (int i = 0; i < 20; i++) {
            a.connect();
            keys.add(part(a.wire.get(a.wire.size() - 1), OFFER).get("key").asText());
            keys.add(part(b.wire.get(b.wire.size() - 1), ANSWER).get("key").asText());
            a.transport.disconnected();
            b.transport.disconnected();
        }
        assertEquals(40, keys.size());
    }
}
