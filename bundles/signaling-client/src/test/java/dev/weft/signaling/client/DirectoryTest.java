package dev.weft.signaling.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.mesh.DirectoryListener;
import dev.weft.protocol.AgentCard;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryTest {
    private final TestHost host = new TestHost();
    private final Directory directory = host.directory;
    private final List<String> heard = new ArrayList<>();

    @BeforeEach
    void listen() {
        directory.addListener(
                Services.of(
                        new DirectoryListener() {
                            @Override
                            public void changed(KnownAgent agent) {
                                heard.add(agent.card().agentId() + " " + agent.health());
                            }

                            @Override
                            public void removed(AgentId id) {
                                heard.add(id + " removed");
                            }
                        },
                        Map.of()));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static JsonNode entry(String id, String name, String health) {
        return Wire.object().put("agent_id", id).put("name", name).put("health", health);
    }

    private List<String> names() {
        return directory.agents().stream().map(agent -> agent.card().name()).toList();
    }

    @Test
    void its_own_agent_is_always_there() {
        assertEquals(List.of("me"), names());
        assertTrue(directory.find("agent-me").orElseThrow().local());
        assertTrue(directory.find("me").orElseThrow().local());
        directory.joined(entry("agent-me", "impostor", "active"));
        directory.left(new AgentId("agent-me"), "revoked");
        assertEquals(List.of("me"), names());
        assertTrue(directory.find("../etc").isEmpty() && directory.find("").isEmpty());
    }

    @Test
    void agents_are_found_by_id_and_label_and_listed_by_name() {
        directory.joined(entry("agent-1", "zeta", "active"));
        directory.joined(entry("agent-2", "alpha", "offline"));
        assertEquals(List.of("alpha", "me", "zeta"), names());
        assertEquals("offline", directory.find("alpha").orElseThrow().health());
        assertEquals("zeta", directory.find("agent-1").orElseThrow().card().name());
        directory.joined(entry("agent-1", "zeta", "active"));
        assertEquals(
                List.of("agent-1 active", "agent-2 offline"),
                heard,
                "what did not change is no news");
        assertEquals(List.of("agent.joined", "agent.joined"), host.events);
    }

    @Test
    void a_lost_socket_makes_an_agent_stale_and_leaving_removes_it() {
        directory.joined(entry("agent-1", "one", "active"));
        directory.left(new AgentId("agent-1"), "disconnected");
        directory.left(new AgentId("agent-1"), "revoked");
        directory.left(new AgentId("agent-1"), "revoked");
        assertEquals(List.of("agent-1 active", "agent-1 stale", "agent-1 removed"), heard);
        assertEquals(List.of("agent.joined", "agent.changed", "agent.left"), host.events);
    }

    @Test
    void a_peer_tells_of_itself_only() {
        AgentCard card = Wire.as(entry("agent-1", "one", ""), AgentCard.class);
        directory.learned(new AgentId("agent-2"), card);
        assertTrue(heard.isEmpty());
        directory.learned(new AgentId("agent-1"), card);
        assertEquals(List.of("agent-1 active"), heard);
    }

    @Test
    void the_registrys_list_replaces_what_is_older_and_not_what_is_newer() {
        directory.joined(entry("agent-gone", "gone", "active"));
        directory.joined(entry("agent-kept", "kept", "active"));
        long asked = System.nanoTime();
        directory.joined(entry("agent-new", "new", "active"));
        directory.replace(
                List.of(
                        entry("agent-kept", "kept", "stale"),
                        entry("agent-new", "old", "offline"),
                        entry("BAD", "x", "y")),
                asked);
        assertEquals(List.of("kept", "me", "new"), names());
        assertEquals("stale", directory.find("kept").orElseThrow().health());
        assertTrue(heard.contains("agent-gone removed"));
    }

    @Test
    void the_first_key_of_an_agent_counts_whatever_the_registry_says_later(@TempDir Path folder) {
        Path file = folder.resolve("keys/peers");
        Directory first = new Directory(host.agentId(), host.card, host, true, file);
        first.joined(entry("agent-1", "one", "active"));
        assertEquals("", key(first), "a peer without a key may get one");
        first.joined(keyed("true-key"));
        first.joined(keyed("the-registrys-own-key"));
        assertEquals("true-key", key(first));
        first.joined(entry("agent-1", "one", "active"));
        assertEquals("true-key", key(first), "nor can it say that there is none");
        first.left(new AgentId("agent-1"), "revoked");
        first.joined(keyed("the-registrys-own-key"));
        assertEquals("true-key", key(first), "nor that it is another agent of this name");

        Directory later = new Directory(host.agentId(), host.card, host, true, file);
        later.joined(keyed("the-registrys-own-key"));
        assertEquals("true-key", key(later), "nor to the next run");
    }

    @Test
    void who_was_known_before_is_found_until_a_registry_tells_who_is_there(@TempDir Path folder)
            throws Exception {
        Path file = folder.resolve("keys/peers");
        java.nio.file.Files.createDirectories(file.getParent());
        java.nio.file.Files.writeString(file, "agent-0 old-key\n"); // as it was before names
        Directory first = new Directory(host.agentId(), host.card, host, true, file);
        first.joined(keyed("key"));
        first.joined(keyed("key"));
        first.joined(((ObjectNode) keyed("key")).put("name", "renamed"));
        assertEquals(
                List.of("agent-0 old-key", "agent-1 key one", "agent-1 key renamed"),
                java.nio.file.Files.readAllLines(file));

        Directory later = new Directory(host.agentId(), host.card, host, true, file);
        KnownAgent kept = later.find("renamed").orElseThrow();
        assertEquals("agent-1", kept.card().agentId().value());
        assertEquals("key", kept.card().publicKey());
        assertEquals("offline", kept.health());
        assertTrue(later.find("agent-1").isPresent() && later.find("one").isEmpty());
        assertTrue(later.find("agent-0").isEmpty(), "it had no name yet");
        assertEquals(1, later.agents().size(), "it is not said to be there");
        later.replace(List.of(), System.nanoTime());
        assertTrue(later.find("renamed").isEmpty(), "the registry knows better");
    }

    private static JsonNode keyed(String key) {
        return ((ObjectNode) entry("agent-1", "one", "active")).put("public_key", key);
    }

    private static String key(Directory directory) {
        return directory.find("agent-1").orElseThrow().card().publicKey();
    }
}
