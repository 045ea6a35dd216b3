package dev.weft.signaling;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.AgentId;
import dev.weft.protocol.SignalMessage;
import dev.weft.protocol.Wire;
import dev.weft.store.TestCluster;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two hosts that are one registry: where an agent is connected makes no difference to the others. */
class TwoHubsTest {
    private final TestCluster wires = new TestCluster();
    private Mesh mesh;
    private Host one;
    private Host two;

    private final class Host {
        final TestCluster.Node node = wires.host();
        final Hub hub = mesh.hub(Mesh.Config.DEFAULT, node);
        final Switchboard switchboard = new Switchboard(hub, Mesh.admission(hub));
    }

    private static final class Client implements Link {
        final List<JsonNode> received = new CopyOnWriteArrayList<>();
        final Host host;
        final PeerSocket socket;
        volatile String closed = "";
        volatile int pings;

        Client(Host host, AgentId id, String instance) {
            this.host = host;
            this.socket = host.hub.open(Mesh.pass(id), instance, this);
            host.switchboard.receive(
                    socket, "{\"type\":\"register\",\"peer_id\":\"" + id + "\",\"payload\":{}}");
        }

        void say(String type, AgentId target) {
            host.switchboard.receive(
                    socket,
                    Wire.write(
                            new SignalMessage(
                                    type,
                                    socket.id().value(),
                                    target.value(),
                                    Wire.object().put("sdp", "v=0"))));
        }

        List<String> heard(String type) {
            return received.stream()
                    .filter(frame -> frame.path("type").asText().equals(type))
                    .map(frame -> frame.path("payload").toString())
                    .toList();
        }

        @Override
        public void send(String text, Consumer<Throwable> done) {
            received.add(Wire.tree(text));
            done.accept(null);
        }

        @Override
        public void ping() {
            pings++;
        }

        @Override
        public void close(int code, String reason) {
            closed = code + " " + reason;
            if (socket != null) {
                host.hub.closed(socket);
            }
        }
    }

    @BeforeEach
    void open() {
        mesh = new Mesh();
        one = new Host();
        two = new Host();
    }

    @AfterEach
    void close() throws Exception {
        one.hub.stop();
        two.hub.stop();
        mesh.close();
    }

    @Test
    void a_newcomer_hears_of_agents_at_the_other_host_and_messages_cross() {
        Client a = new Client(one, Mesh.A, "");
        Client b = new Client(two, Mesh.B, "");
        assertEquals(List.of("{\"peers\":[\"agent-a\"]}"), b.heard("peer_list"));
        b.say("offer", Mesh.A);
        a.say("answer", Mesh.B);
        a.say("relay", Mesh.B);
        assertEquals(List.of("{\"sdp\":\"v=0\"}"), a.heard("offer"));
        assertEquals("agent-b", a.received.get(1).path("peer_id").asText());
        assertEquals(1, b.heard("answer").size());
        assertEquals(1, b.heard("relay").size());
        assertTrue(
                one.hub.send(
                        Mesh.B,
                        new SignalMessage(
                                SignalMessage.TASKS_WAITING,
                                SignalMessage.REGISTRY,
                                "agent-b",
                                Wire.object())));
        assertEquals(1, b.heard("tasks_waiting").size());
        await().until(
                        () ->
                                mesh.heard.stream().filter("agent-a open"::equals).count() == 2
                                        && mesh.heard.stream()
                                                        .filter("agent-b open"::equals)
                                                        .count()
                                                == 2);
    }

    @Test
    void what_cannot_be_delivered_there_comes_back_as_an_error() {
        Client a = new Client(one, Mesh.A, "");
        new Client(two, Mesh.B, "");
        mesh.members.remove(Mesh.B);
        a.say("offer", Mesh.B);
        assertTrue(a.heard("error").get(0).contains("peer_unreachable"));
        mesh.members.add(Mesh.B);
        two.node.cut(true);
        a.say("offer", Mesh.B); // taken and lost, as on a broken connection
        two.node.cut(false);
        one.node.cut(true);
        a.say("offer", Mesh.B);
        assertEquals(2, a.heard("error").size());
    }

    @Test
    void an_agent_that_left_is_told_at_both_and_a_killed_host_takes_its_sockets_along() {
        Client a = new Client(one, Mesh.A, "");
        Client b = new Client(two, Mesh.B, "");
        Client c = new Client(two, Mesh.C, "");
        c.host.hub.closed(c.socket);
        String left = "{\"peer_id\":\"agent-c\",\"reason\":\"disconnected\"}";
        assertEquals(List.of(left), a.heard("peer_left"));
        assertEquals(List.of(left), b.heard("peer_left"));
        two.node.kill();
        assertEquals(2, a.heard("peer_left").size());
        a.say("offer", Mesh.B);
        assertTrue(a.heard("error").get(0).contains("peer_unreachable"));
        new Client(one, Mesh.B, "");
        a.say("offer", Mesh.B);
        assertEquals(1, a.heard("error").size());
    }

    @Test
    void an_agent_that_moves_is_connected_where_it_came_last() {
        Client first = new Client(one, Mesh.A, "p");
        Client b = new Client(one, Mesh.B, "");
        Client second = new Client(two, Mesh.A, "p");
        assertEquals("1001 connected to another host of this registry", first.closed);
        assertEquals("", second.closed);
        assertEquals(List.of(), b.heard("peer_left"));
        b.say("offer", Mesh.A);
        assertEquals(1, second.heard("offer").size());
        Client third = new Client(one, Mesh.A, "p");
        b.say("offer", Mesh.A);
        assertEquals(1, third.heard("offer").size());
        assertEquals("1001 connected to another host of this registry", second.closed);
    }

    @Test
    void a_second_host_with_the_same_key_is_turned_away_at_the_other_host_too() {
        Client first = new Client(one, Mesh.A, "p1");
        Client second = new Client(two, Mesh.A, "p2");
        assertTrue(second.closed.startsWith("4004"), second.closed);
        assertEquals("", first.closed);
        assertEquals(1, first.pings, "the first is asked whether it lives");
        await("it is let go of once its place is free at both")
                .until(() -> mesh.heard.contains("agent-a closed"));
        assertTrue(first.closed.startsWith("4002"), first.closed);
        assertEquals("", new Client(two, Mesh.A, "p2").closed, "it did not answer");
    }

    @Test
    void hosts_that_lost_each_other_agree_again() {
        two.node.cut(true);
        Client a = new Client(one, Mesh.A, "");
        Client b = new Client(two, Mesh.B, "");
        assertEquals(List.of("{\"peers\":[]}"), b.heard("peer_list"));
        two.node.cut(false);
        wires.meet();
        a.say("offer", Mesh.B);
        assertEquals(1, b.heard("offer").size());
        two.node.cut(true);
        b.host.hub.closed(b.socket);
        two.node.cut(false);
        wires.meet();
        assertEquals(1, a.heard("peer_left").size());
    }

    @Test
    void revocation_at_one_host_closes_the_socket_at_the_other() {
        Client a = new Client(one, Mesh.A, "");
        Client b = new Client(two, Mesh.B, "");
        mesh.members.remove(Mesh.B);
        one.hub.revoked(Mesh.B); // each host hears it from its own registry
        two.hub.revoked(Mesh.B);
        assertEquals("4001 revoked", b.closed);
        assertEquals(
                List.of("{\"peer_id\":\"agent-b\",\"reason\":\"revoked\"}"),
                a.heard("peer_left").subList(0, 1));
    }
}
