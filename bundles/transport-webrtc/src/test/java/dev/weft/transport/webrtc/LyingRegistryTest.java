package dev.weft.transport.webrtc;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.mesh.Link;
import dev.weft.protocol.SignalMessage;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry that sits between two hosts: it ends each one's WebRTC link at a host of its own that goes by the other one's name, with a certificate and
 * a key of its own, and passes the messages on. Everything but the wire between the processes is real.
 */
class LyingRegistryTest {
    @TempDir Path folder;
    private final Hub towardsAlice = new Hub();
    private final Hub towardsBob = new Hub();
    private TestHost alice;
    private TestHost bob;
    private TestHost falseBob;
    private TestHost falseAlice;

    @BeforeEach
    void start() throws Exception {
        alice = host(towardsAlice, "agent-alice", "real");
        falseBob = host(towardsAlice, "agent-bob", "false");
        falseAlice = host(towardsBob, "agent-alice", "false");
        bob = host(towardsBob, "agent-bob", "real");
    }

    @AfterEach
    void stop() {
        towardsAlice.close();
        towardsBob.close();
    }

    private TestHost host(Hub hub, String id, String keys) throws Exception {
        return new TestHost(hub, id, folder.resolve(keys), Map.of("setup.timeout.ms", 20_000));
    }

    @Test
    void hosts_that_know_no_keys_are_read_by_it() throws Exception {
        Link link = alice.connect(bob);
        Link onwards = falseAlice.connect(bob);
        falseBob.onFrame = (from, frame) -> onwards.send(frame.replace("tea", "poison"));
        link.send("one cup of tea");
        await().until(() -> bob.frames.size() == 1);
        assertEquals("one cup of poison", bob.frames.get(0), "the attack is a real one");
    }

    @Test
    void a_host_that_knows_the_others_key_gets_no_link_to_the_man_in_the_middle() throws Exception {
        alice.knows(bob);
        bob.knows(alice);
        ExecutionException caught =
                assertThrows(
                        ExecutionException.class,
                        () -> alice.transport.connect(bob.id).get(30, TimeUnit.SECONDS));
        assertEquals(
                "the answer in the name of agent-bob is not its own",
                caught.getCause().getMessage());
        assertTrue(alice.opened.isEmpty());
        assertTrue(bobRefuses());
    }

    @Test
    void one_that_copies_the_true_signature_beside_its_own_fingerprint_is_caught_too()
            throws Exception {
        alice.knows(bob);
        // what the true bob answers to the true alice, kept by the registry
        Hub honest = new Hub();
        TestHost trueAlice = host(honest, "agent-alice", "real");
        host(honest, "agent-bob", "real");
        trueAlice.transport.connect(bob.id).get(30, TimeUnit.SECONDS);
        SignalMessage answer =
                honest.seen.stream()
                        .filter(message -> message.type().equals(SignalMessage.ANSWER))
                        .findFirst()
                        .orElseThrow();
        honest.close();
        towardsAlice.change =
                message -> {
                    if (!message.type().equals(SignalMessage.ANSWER)) {
                        return message;
                    }
                    com.fasterxml.jackson.databind.node.ObjectNode payload =
                            message.payload().deepCopy();
                    payload.set("identity", answer.payload().get("identity"));
                    return new SignalMessage(
                            message.type(), message.peerId(), message.targetId(), payload);
                };
        assertThrows(
                ExecutionException.class,
                () -> alice.transport.connect(bob.id).get(30, TimeUnit.SECONDS));
        assertTrue(alice.opened.isEmpty());
    }

    /** Nobody answers the false one, so its attempt takes as long as it may. */
    private boolean bobRefuses() throws Exception {
        falseAlice.close();
        TestHost hasty =
                new TestHost(
                        towardsBob,
                        "agent-alice",
                        folder.resolve("false"),
                        Map.of("setup.timeout.ms", 1000));
        assertThrows(
                ExecutionException.class,
                () -> hasty.transport.connect(bob.id).get(30, TimeUnit.SECONDS));
        return bob.opened.isEmpty();
    }
}
