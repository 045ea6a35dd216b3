package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
    private static AgentCard card() {
        var tool =
                new SkillCard.ToolCard(
                        "usage",
                        "Free and used bytes",
                        Wire.tree(
                                "{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}}}"));
        var disk =
                new SkillCard("disk", "1.2.3", "Disk space", "Free and used space", List.of(tool));
        var capabilities =
                new AgentCard.Capabilities(List.of("disk"), List.of("files"), 2, "interactive");
        return new AgentCard(
                new AgentId("agent-a1b2c3"),
                "box",
                "10.0.0.7",
                8700,
                "agent-a1b2c3",
                capabilities,
                "running",
                "agent",
                "kitchen",
                List.of(disk),
                Map.of("room", "kitchen"),
                "0.1.0",
                "linux-x86_64",
                "cHVi",
                0.25);
    }

    @Test
    void a_signaling_frame_survives_the_round_trip_under_the_names_of_the_wire() {
        var offer =
                new SignalMessage(
                        SignalMessage.OFFER,
                        "agent-001",
                        "agent-002",
                        Wire.object().put("sdp", "v=0\r\n…"));
        String json = Wire.write(offer);
        assertEquals(
                "{\"type\":\"offer\",\"peer_id\":\"agent-001\",\"target_id\":\"agent-002\",\"payload\":{\"sdp\":\"v=0\\r\\n…\"}}",
                json);
        assertEquals(offer, Wire.signal(json));
        assertFalse(
                Wire.write(new SignalMessage(SignalMessage.REGISTER, "agent-001", null, null))
                        .contains("target_id"));
    }

    @Test
    void a_mesh_message_survives_the_round_trip_under_the_names_of_the_wire() {
        var request =
                new MeshMessage(
                        MeshMessage.TASK_REQUEST,
                        "0123456789ab",
                        "agent-001",
                        "agent-002",
                        Wire.object().put("skill", "disk"));
        String json = Wire.write(request);
        assertEquals(
                "{\"type\":\"task_request\",\"request_id\":\"0123456789ab\",\"source_agent\":\"agent-001\",\"target_agent\":\"agent-002\",\"payload\":{\"skill\":\"disk\"}}",
                json);
        assertEquals(request, Wire.mesh(json));
        var answer = request.respond(MeshMessage.TASK_RESPONSE, Wire.object().put("result", 1));
        assertEquals(
                new MeshMessage(
                        "task_response",
                        "0123456789ab",
                        "agent-002",
                        "agent-001",
                        Wire.object().put("result", 1)),
                answer);
        assertEquals(answer, Wire.mesh(Wire.write(answer)));
    }

    @Test
    void an_agent_card_and_its_skills_survive_the_round_trip() {
        JsonNode json = Wire.tree(Wire.write((Object) card()));
        assertEquals("agent-a1b2c3", json.path("agent_id").asText());
        assertEquals("agent-a1b2c3", json.path("sidecar_peer_id").asText());
        assertEquals("disk", json.path("capabilities").path("skills").path(0).asText());
        assertEquals(2, json.path("capabilities").path("goals_count").asInt());
        assertEquals("cHVi", json.path("public_key").asText());
        assertEquals(card(), Wire.as(json, AgentCard.class));
        assertEquals(card(), Wire.as(Wire.node(card()), AgentCard.class));
    }

    @Test
    void a_card_of_the_reference_is_read_with_what_it_lacks_filled_in() {
        AgentCard card =
                Wire.as(
                        Wire.tree(
                                """
                {"agent_id":"agent-001","hostname":"box","ip":"10.0.0.7","port":0,"sidecar_peer_id":"agent-001-sidecar","status":"active",
                 "mode":"interactive","capabilities":{"skills":["delegate","list_agents"],"mcp_servers":[],"goals_count":0,"mode":"interactive"}}"""),
                        AgentCard.class);
        assertEquals("agent-001", card.name());
        assertTrue(card.offers("delegate"));
        assertFalse(card.offers("disk"));
        assertEquals(List.of(), card.skills());
        assertEquals(Map.of(), card.labels());
        assertEquals("", card.publicKey());
        AgentCard least = Wire.as(Wire.tree("{\"agent_id\":\"a\"}"), AgentCard.class);
        assertEquals(List.of(), least.capabilities().skills());
    }

    @Test
    void a_card_s_skills_fill_the_reference_s_list() {
        AgentCard card =
                Wire.as(
                        Wire.tree(
                                "{\"agent_id\":\"a\",\"skills\":[{\"id\":\"disk\",\"tools\":[{\"name\":\"usage\"}]}]}"),
                        AgentCard.class);
        assertTrue(card.offers("disk"));
        assertEquals("0.0.0", card.skills().get(0).version());
        assertEquals("disk", card.skills().get(0).title());
        assertEquals(
                "object",
                card.skills().get(0).tool("usage").orElseThrow().schema().path("type").asText());
        assertTrue(card.skills().get(0).tool("absent").isEmpty());
    }

    @Test
    void unknown_members_and_types_are_ignored() {
        SignalMessage signal =
                Wire.signal(
                        "{\"type\":\"mesh_weather\",\"peer_id\":\"a\",\"payload\":{},\"mood\":[1,{\"x\":null}]}");
        assertEquals("mesh_weather", signal.type());
        MeshMessage mesh = Wire.mesh("{\"type\":\"agent_heartbeat\",\"hops\":3,\"payload\":[1]}");
        assertEquals("agent_heartbeat", mesh.type());
        SkillCard skill =
                Wire.as(
                        Wire.tree(
                                "{\"id\":\"disk\",\"colour\":\"red\",\"tools\":[{\"name\":\"t\",\"cost\":1}]}"),
                        SkillCard.class);
        assertEquals("disk", skill.id());
    }

    @Test
    void missing_strings_are_empty_and_a_missing_payload_is_null() {
        MeshMessage mesh = Wire.mesh("{\"type\":\"ping\"}");
        assertEquals(new MeshMessage("ping", "", "", "", NullNode.getInstance()), mesh);
        assertEquals(mesh, Wire.mesh("{\"type\":\"ping\",\"request_id\":null,\"payload\":null}"));
        SignalMessage signal = Wire.signal("{\"type\":\"register\"}");
        assertEquals("", signal.peerId());
        assertNull(signal.targetId());
        assertTrue(signal.payload().isNull());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "0",
                "agent-a1b2c3",
                "a.b_c-d",
                "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void ids_of_the_right_shape_are_taken(String id) {
        assertTrue(AgentId.isValid(id));
        assertTrue(SkillCard.isId(id));
        assertEquals(id, new AgentId(id).toString());
        assertEquals(
                new AgentId(id),
                Wire.as(Wire.tree(Wire.write((Object) new AgentId(id))), AgentId.class));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-a",
                ".a",
                "_a",
                "A",
                "aB",
                "a b",
                "a/b",
                "ä",
                "a\n",
                "a\u0000",
                "../etc",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void ids_of_another_shape_are_refused(String id) {
        assertFalse(AgentId.isValid(id));
        assertFalse(SkillCard.isId(id));
        ProtocolException bad = assertThrows(ProtocolException.class, () -> new AgentId(id));
        assertEquals("bad_agent_id", bad.code());
        assertFalse(bad.getMessage().chars().anyMatch(Character::isISOControl), bad.getMessage());
        assertEquals(
                "bad_skill_id",
                assertThrows(
                                ProtocolException.class,
                                () -> new SkillCard(id, null, null, null, null))
                        .code());
    }

    @Test
    void no_id_at_all_is_refused() {
        assertFalse(AgentId.isValid(null));
        assertThrows(ProtocolException.class, () -> new AgentId(null));
        assertEquals(
                "missing_agent_id",
                assertThrows(ProtocolException.class, () -> Wire.as(Wire.object(), AgentCard.class))
                        .code());
    }

    @Test
    void agent_ids_sort_by_their_text() {
        assertTrue(new AgentId("a").compareTo(new AgentId("b")) < 0);
    }

    @Test
    void strings_of_a_mesh_message_are_bounded() {
        assertEquals(
                128,
                Wire.mesh("{\"type\":\"ping\",\"request_id\":\"" + "x".repeat(128) + "\"}")
                        .requestId()
                        .length());
        for (String member : List.of("request_id", "source_agent", "target_agent")) {
            ProtocolException bad =
                    assertThrows(
                            ProtocolException.class,
                            () ->
                                    Wire.mesh(
                                            "{\"type\":\"ping\",\""
                                                    + member
                                                    + "\":\""
                                                    + "x".repeat(129)
                                                    + "\"}"));
            assertEquals("bad_" + member, bad.code());
        }
        assertEquals(
                "bad_type",
                assertThrows(
                                ProtocolException.class,
                                () -> Wire.mesh("{\"type\":\"" + "x".repeat(65) + "\"}"))
                        .code());
    }

    @Test
    void quoted_text_is_short_and_cannot_move_the_terminal() {
        assertEquals("nothing", Wire.quote(null));
        assertEquals("\"a?[31mb?c?\"", Wire.quote("a\u001b[31mb\u202ec\n"));
        assertEquals(83, Wire.quote("x".repeat(1 << 20)).length());
    }

    @Test
    void times_are_written_as_iso_8601() {
        Map<String, Object> times = new HashMap<>();
        times.put("at", Instant.ofEpochSecond(0));
        assertEquals("{\"at\":\"1970-01-01T00:00:00Z\"}", Wire.write((Object) times));
        assertEquals("PT5S", Wire.node(Duration.ofSeconds(5)).asText());
    }

    @Test
    void what_is_no_data_cannot_be_written() {
        assertThrows(IllegalArgumentException.class, () -> Wire.write(new Object()));
        assertThrows(IllegalArgumentException.class, () -> Wire.node(new Object()));
    }

    @Test
    void the_head_of_a_frame_is_what_the_whole_frame_says_and_nobody_can_smuggle_another() {
        SignalHead head =
                Wire.signalHead(
                        "{\"payload\":{\"type\":\"x\",\"a\":[{},1e999]},\"target_id\":\"agent-b\",\"peer_id\":\"agent-a\",\"type\":\"offer\",\"new\":[1]}");
        assertEquals(new SignalHead("offer", "agent-a", "agent-b"), head);
        assertEquals(
                new SignalHead("register", "", null), Wire.signalHead("{\"type\":\"register\"}"));
        for (String bad :
                List.of(
                        "{\"type\":\"offer\",\"peer_id\":\"a\",\"peer_id\":\"b\"}",
                        "{\"type\":\"offer\",\"peer_\\u0069d\":\"a\",\"peer_id\":\"b\"}",
                        "{\"type\":\"offer\",\"type\":null}",
                        "{\"type\":\"offer\",\"peer_id\":7}",
                        "{\"type\":\"offer\"}{}",
                        "{\"type\":\"offer\",\"payload\":{\"a\":}}",
                        "{\"type\":\"offer\",\"payload\":"
                                + "[".repeat(100)
                                + "]".repeat(100)
                                + "}",
                        "{\"type\":\"offer\"")) {
            assertEquals(
                    "bad_json",
                    assertThrows(ProtocolException.class, () -> Wire.signalHead(bad), bad).code());
        }
    }
}
