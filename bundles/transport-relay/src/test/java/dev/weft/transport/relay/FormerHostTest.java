package dev.weft.transport.relay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.Link;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Hosts of the version before prekeys are understood, and nobody is made to speak their language for less than it gives. */
@Timeout(20)
class FormerHostTest {
    private static final String MESSAGE = "{\"type\":\"hello\",\"payload\":{}}";
    @TempDir Path folder;
    private Side a;
    private Side b;
    private FormerHost former;

    @BeforeEach
    void acquaint() throws Exception {
        a = new Side("agent-a", folder);
        b = new Side("agent-b", folder);
        Side.acquaint(a, b);
        former = new FormerHost(b);
        a.registry =
                message -> {
                    try {
                        former.arrives(message.payload());
                    } catch (GeneralSecurityException e) {
                        throw new AssertionError(e);
                    }
                    return null; // it goes to the former host, not to the other side
                };
    }

    @AfterEach
    void stop() {
        a.close();
        b.close();
    }

    @Test
    void a_former_host_is_asked_in_its_own_language() throws Exception {
        Link there = a.connect();
        assertEquals("registry, sealed", there.candidatePair());
        there.send(MESSAGE);
        assertEquals(List.of(MESSAGE), former.opened);
        former.say(MESSAGE);
        assertEquals(List.of("opened agent-b", "received " + MESSAGE), a.news);
    }

    @Test
    void a_former_host_asks_and_is_answered() throws Exception {
        former.offer();
        assertEquals(List.of(), a.news, "it has not shown that it has the key");
        former.say(MESSAGE);
        assertEquals(List.of("opened agent-b", "received " + MESSAGE), a.news);
        a.link.send(MESSAGE);
        assertEquals(List.of(MESSAGE), former.opened);
    }

    @Test
    void who_is_made_to_speak_the_former_language_is_as_safe() throws Exception {
        a.registry =
                message -> {
                    String id =
                            message.payload().path("seal").path("prekey_offer").path("id").asText();
                    if (id.isEmpty()) {
                        return message;
                    }
                    ObjectNode lie = Wire.object();
                    lie.putObject("seal").put("unknown", id);
                    a.arrives(lie);
                    return null;
                };
        a.connect().send(MESSAGE);
        assertEquals(1, b.received(MESSAGE));
        SignalMessage old =
                b.wire.stream()
                        .filter(message -> message.payload().path("seal").has("answer"))
                        .findFirst()
                        .orElseThrow();
        a.transport.disconnected();
        b.registry =
                Side.lying(
                        payload -> {
                            ObjectNode answer =
                                    (ObjectNode) old.payload().get("seal").get("answer").deepCopy();
                            ObjectNode seal = (ObjectNode) payload.get("seal");
                            seal.set("answer", answer.set("id", seal.get("answer").get("id")));
                            return payload;
                        });
        assertEquals(
                "the answer in the name of agent-b is not its own",
                a.refused().getMessage(),
                "an old answer fits no new offer");
        assertTrue(a.wire.stream().noneMatch(message -> message.payload().has("message")));
    }
}
