package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever arrives, only ProtocolException comes out, with one printable line. */
@Timeout(240)
class HostileJsonTest {
    private static final List<Function<String, Object>> READERS =
            List.of(
                    Wire::signal,
                    Wire::mesh,
                    Wire::tree,
                    json -> Wire.as(Wire.tree(json), AgentCard.class),
                    json -> Wire.as(Wire.tree(json), SkillCard.class),
                    json -> Wire.as(Wire.tree(json), SkillCard.ToolCard.class),
                    json -> Wire.as(Wire.tree(json), AgentId.class));

    private static int refusals(String json) {
        int refused = 0;
        try {
            assertNotNull(Wire.signalHead(json)); // takes more: it does not read the payload
        } catch (ProtocolException e) {
            assertNotNull(e.getMessage());
        }
        for (Function<String, Object> reader : READERS) {
            try {
                assertNotNull(reader.apply(json));
            } catch (ProtocolException e) {
                refused++;
                assertFalse(e.code().isBlank());
                assertTrue(e.getMessage().length() < 700, e.getMessage());
                assertFalse(
                        e.getMessage().chars().anyMatch(Character::isISOControl), e.getMessage());
            }
        }
        return refused;
    }

    private static void refused(String json) {
        assertEquals(
                READERS.size(),
                refusals(json),
                json.length() > 200 ? json.substring(0, 200) : json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\n",
                "{",
                "}",
                "[",
                "{]",
                "nul",
                "tru",
                "'a'",
                "{'type':'ping'}",
                "{\"type\":\"ping\"",
                "{\"type\":\"ping\",}",
                "{\"type\" \"ping\"}",
                "{\"type\":\"ping\"} {\"type\":\"ping\"}",
                "{\"type\":\"ping\"}x",
                "{\"type\":\"ping\",\"type\":\"pong\"}",
                "{\"payload\":{\"a\":1,\"a\":2},\"type\":\"ping\"}",
                "{\"type\":\"a\nb\"}",
                "{\"type\":\"\\x\"}",
                "{\"type\":\"\\u12\"}",
                "\u0000",
                "\ufeff",
                "NaN",
                "Infinity",
                "-",
                "01",
                "+1",
                ".5",
                "1.",
                "1e",
                "// c",
                "/* c */ 1",
                "{type:\"ping\"}",
                "\"abc",
                "{\"a\":1",
                "[1,2",
                "\u001b[31m"
            })
    void text_that_is_not_exactly_one_json_document_is_refused(String json) {
        refused(json);
    }

    @Test
    void no_text_is_refused() {
        refused0(() -> Wire.signal(null));
        refused0(() -> Wire.mesh(null));
        refused0(() -> Wire.tree(null));
        refused0(() -> Wire.as(null, AgentCard.class));
        refused0(() -> Wire.as(Wire.tree("null"), AgentCard.class));
        refused0(() -> Wire.signal("null"));
        refused0(() -> Wire.mesh("null"));
    }

    private static void refused0(org.junit.jupiter.api.function.Executable call) {
        assertNotNull(assertThrows(ProtocolException.class, call).getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "1",
                "\"x\"",
                "true",
                "{}",
                "{\"type\":null}",
                "{\"type\":\"\"}",
                "{\"type\":{\"a\":1}}",
                "{\"type\":[\"ping\"]}",
                "{\"type\":\"ping\",\"peer_id\":{},\"request_id\":[]}"
            })
    void json_of_another_shape_is_refused_by_both_messages(String json) {
        refused0(() -> Wire.signal(json));
        refused0(() -> Wire.signalHead(json));
        refused0(() -> Wire.mesh(json));
        refusals(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"agent_id\":\"a\",\"skills\":[null]}",
                "{\"agent_id\":\"a\",\"skills\":{}}",
                "{\"agent_id\":\"a\",\"labels\":{\"k\":null}}",
                "{\"agent_id\":\"a\",\"labels\":[]}",
                "{\"agent_id\":\"a\",\"capabilities\":{\"skills\":[null]}}",
                "{\"agent_id\":\"a\",\"capabilities\":[]}",
                "{\"agent_id\":\"a\",\"load\":\"x\"}",
                "{\"agent_id\":\"a\",\"port\":99999999999999999999}",
                "{\"agent_id\":\"a\",\"port\":\"x\"}",
                "{\"agent_id\":\"a\",\"name\":\"No Name\"}",
                "{\"agent_id\":{\"value\":7}}",
                "{\"agent_id\":\"a\",\"port\":70000}",
                "{\"agent_id\":\"a\",\"port\":-1}",
                "{\"agent_id\":\"a\",\"labels\":{\"evil\\u001b[2J\\n\":[1]}}",
                "{\"agent_id\":\"a\",\"skills\":[{\"id\":\"disk\",\"tools\":[null]}]}",
                "{\"agent_id\":\"a\",\"skills\":[{\"id\":\"disk\",\"tools\":[{\"name\":\" \"}]}]}",
                "{\"agent_id\":\"A\"}",
                "{\"agent_id\":\"a\",\"hostname\":[]}"
            })
    void a_card_with_a_malformed_member_is_refused(String json) {
        JsonNode tree = Wire.tree(json);
        ProtocolException bad =
                assertThrows(ProtocolException.class, () -> Wire.as(tree, AgentCard.class));
        assertFalse(bad.getMessage().chars().anyMatch(Character::isISOControl), bad.getMessage());
        assertFalse(bad.getMessage().contains("java."), bad.getMessage());
        assertFalse(bad.getMessage().contains("dev.weft"), bad.getMessage());
    }

    @Test
    void the_broken_member_is_named() {
        String message =
                assertThrows(
                                ProtocolException.class,
                                () ->
                                        Wire.as(
                                                Wire.tree("{\"agent_id\":\"a\",\"port\":\"x\"}"),
                                                AgentCard.class))
                        .getMessage();
        assertTrue(message.contains("port"), message);
        message =
                assertThrows(
                                ProtocolException.class,
                                () -> Wire.mesh("{\"type\":\"ping\",\n \"payload\":}"))
                        .getMessage();
        assertTrue(message.contains("line 2"), message);
    }

    @Test
    void nesting_is_read_to_the_limit_and_refused_beyond() {
        assertNotNull(Wire.tree("[".repeat(64) + "]".repeat(64)));
        refused("[".repeat(65) + "]".repeat(65));
        refused("{\"a\":".repeat(65) + "1" + "}".repeat(65));
        refused("[".repeat(1_000_000));
        assertNotNull(
                Wire.mesh(
                        "{\"type\":\"ping\",\"payload\":" + "[".repeat(63) + "]".repeat(63) + "}"));
        refused("{\"type\":\"ping\",\"payload\":" + "[".repeat(64) + "]".repeat(64) + "}");
        refusals(
                "{\"type\":\"ping\",\"ignored\":"
                        + "[".repeat(100_000)
                        + "]".repeat(100_000)
                        + "}");
    }

    @Test
    void size_is_counted_in_bytes() {
        String head = "{\"type\":\"ping\",\"payload\":\"";
        int room = Wire.MAX_SIGNAL_FRAME - head.length() - 2;
        assertEquals(
                room, Wire.signal(head + "x".repeat(room) + "\"}").payload().asText().length());
        assertEquals(
                "too_large",
                assertThrows(
                                ProtocolException.class,
                                () -> Wire.signal(head + "x".repeat(room + 1) + "\"}"))
                        .code());
        assertEquals(
                "too_large",
                assertThrows(
                                ProtocolException.class,
                                () -> Wire.signal(head + "ä".repeat(room / 2 + 1) + "\"}"))
                        .code());
        assertEquals(
                "too_large",
                assertThrows(
                                ProtocolException.class,
                                () -> Wire.mesh(head + "x".repeat(Wire.MAX_MESH_MESSAGE) + "\"}"))
                        .code());
        assertEquals(
                "too_large",
                assertThrows(
                                ProtocolException.class,
                                () ->
                                        Wire.tree(
                                                "\""
                                                        + "€".repeat(Wire.MAX_MESH_MESSAGE / 3 + 1)
                                                        + "\""))
                        .code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e999999999",
                "-1e999999999",
                "1e-999999999",
                "123456789012345678901234567890",
                "0.1e2147483648",
                "1E400"
            })
    void huge_numbers_neither_stall_nor_break(String number) {
        assertTimeoutPreemptively(
                Duration.ofSeconds(20),
                () -> {
                    refusals("{\"type\":\"ping\",\"payload\":" + number + "}");
                    refusals("{\"agent_id\":\"a\",\"port\":" + number + "}");
                    refusals("{\"agent_id\":\"a\",\"load\":" + number + "}");
                    refusals("{\"agent_id\":" + number + ",\"id\":" + number + "}");
                    JsonNode node;
                    try {
                        node = Wire.tree("[" + number + "]");
                    } catch (ProtocolException e) {
                        return;
                    }
                    assertEquals(
                            node,
                            Wire.tree(Wire.write((Object) node)),
                            "what was read can be written and read again");
                });
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refused("9".repeat(100_000)));
    }

    @Test
    void a_number_that_fits_no_double_is_refused_and_a_load_stays_within_its_range() {
        for (String number : List.of("1e999999999", "-1e400")) {
            refused(
                    "{\"type\":\"ping\",\"agent_id\":\"a\",\"id\":\"a\",\"name\":\"a\",\"payload\":["
                            + number
                            + "]}");
        }
        assertEquals(
                0,
                Wire.as(Wire.tree("{\"agent_id\":\"a\",\"load\":\"NaN\"}"), AgentCard.class)
                        .load());
        assertEquals(
                0, Wire.as(Wire.tree("{\"agent_id\":\"a\",\"load\":-3}"), AgentCard.class).load());
        assertEquals(
                1,
                Wire.as(Wire.tree("{\"agent_id\":\"a\",\"load\":\"Infinity\"}"), AgentCard.class)
                        .load());
    }

    @Test
    void every_prefix_of_a_message_is_refused() {
        String json =
                "{\"type\":\"task_request\",\"request_id\":\"r1\",\"payload\":{\"a\":[1,-2.5e3,true,null,\"\\u00e4\\n\"],\"b\":{}}}";
        assertNotNull(Wire.mesh(json));
        for (int end = 0; end < json.length(); end++) {
            refused(json.substring(0, end));
        }
    }

    @Test
    void random_bytes_and_random_changes_of_a_message_never_break_the_reader() {
        Random random = new Random(20260101);
        byte[] good =
                ("{\"type\":\"peer_joined\",\"peer_id\":\"agent-001\",\"agent_id\":\"a\",\"id\":\"disk\",\"port\":1,\"load\":0.5,\"labels\":{\"k\":\"v\"},"
                                + "\"skills\":[{\"id\":\"disk\",\"tools\":[{\"name\":\"usage\",\"schema\":{\"type\":\"object\"}}]}],\"payload\":{\"x\":[1,2,{\"y\":null}]}}")
                        .getBytes(StandardCharsets.UTF_8);
        int read = 0;
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes;
            if (i % 4 == 0) {
                bytes = new byte[random.nextInt(120)];
                random.nextBytes(bytes);
            } else {
                bytes = good.clone();
                for (int change = random.nextInt(4); change >= 0; change--) {
                    byte[] pool =
                            "{}[]\",:0123456789eE+-.ntf\\ \n\u0000"
                                    .getBytes(StandardCharsets.UTF_8);
                    bytes[random.nextInt(bytes.length)] = pool[random.nextInt(pool.length)];
                }
            }
            read += READERS.size() - refusals(new String(bytes, StandardCharsets.UTF_8));
        }
        assertTrue(read > 0, "some changes leave a readable message");
    }

    @Test
    void halves_of_surrogate_pairs_pass_through_without_breaking_the_writer() {
        MeshMessage odd = Wire.mesh("{\"type\":\"ping\",\"payload\":\"\\ud800\"}");
        assertEquals(odd, Wire.mesh(Wire.write(odd)));
    }
}
