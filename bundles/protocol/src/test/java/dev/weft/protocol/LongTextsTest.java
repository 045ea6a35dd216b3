package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LongTextsTest {
    private static final String LONG = "0123456789abcdef".repeat(20_000);

    private static MeshMessage message(JsonNode payload) {
        return new MeshMessage(MeshMessage.TASK_RESPONSE, "id", "agent-a", "agent-b", payload);
    }

    private static MeshMessage read(byte[] json) {
        List<MeshMessage> read = new ArrayList<>();
        Wire.messages(ByteBuffer.wrap(json), read::add);
        assertEquals(1, read.size());
        return read.get(0);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "?", "\"", "\\", "\n", "ä", "€", "𝄞", "\u0000", "\u007f", "?€"})
    void a_long_text_comes_out_as_it_went_in_whatever_is_in_it(String odd) {
        for (String text : List.of(odd + LONG, LONG + odd, LONG + odd + LONG)) {
            ObjectNode payload = Wire.object().put("result", text).put("after", odd);
            byte[] json = Wire.bytes(message(payload));
            assertEquals(message(payload), Wire.mesh(new String(json, StandardCharsets.UTF_8)));
            assertEquals(message(payload), read(json));
        }
    }

    @Test
    void texts_are_found_wherever_they_are_and_names_are_left() {
        ObjectNode payload = Wire.object().put("a", LONG).put("short", "\\\"" + "x".repeat(100));
        payload.putArray("list").add(LONG + 1).add(LONG + 2).addObject().put("b", "\\" + LONG);
        payload.put("z" + LONG.substring(0, 40_000), "named by a long one");
        byte[] json = Wire.bytes(message(payload));
        assertNotNull(LongTexts.of(ByteBuffer.wrap(json)));
        assertEquals(message(payload), read(json));
        String spaced = new String(json, StandardCharsets.UTF_8).replace("\":\"", "\" \n: \"");
        assertEquals(message(payload), read(utf8(spaced)));
    }

    @Test
    void a_document_in_the_middle_of_an_array_is_read_where_it_is() {
        byte[] json = Wire.bytes(message(Wire.object().put("result", LONG)));
        byte[] framed = new byte[json.length + 20];
        System.arraycopy(json, 0, framed, 10, json.length);
        List<MeshMessage> read = new ArrayList<>();
        Wire.messages(ByteBuffer.wrap(framed, 10, json.length).slice(), read::add);
        assertEquals(LONG, read.get(0).payload().path("result").asText());
    }

    @Test
    void short_documents_and_short_texts_are_left_to_the_parser() {
        assertNull(LongTexts.of(ByteBuffer.wrap(utf8("{\"a\":\"" + "x".repeat(20_000) + "\"}"))));
        assertNull(LongTexts.of(ByteBuffer.wrap(utf8("[" + "\"xxxxxxx\",".repeat(20_000) + "1]"))));
        assertFalse(LongTexts.isPlain("x".repeat(LongTexts.LEAST - 1)));
        assertFalse(LongTexts.isPlain(null));
    }

    @Test
    void what_the_parser_refuses_is_refused_with_a_long_text_in_it_too() {
        String whole =
                new String(
                        Wire.bytes(message(Wire.object().put("result", LONG).put("n", 1))),
                        StandardCharsets.UTF_8);
        List<String> broken =
                List.of(
                        whole.substring(0, whole.length() - 1),
                        whole.substring(0, whole.length() / 2),
                        whole.replace("\"n\":1", "\"result\":2"),
                        whole.replace("\"n\":1", "\"n\":\"" + LONG + "\n\""),
                        whole.replace("\"n\":1", LONG),
                        whole.replace("\"n\":1", "\"n\"\"" + LONG + "\""),
                        whole + "\"" + LONG + "\"",
                        whole + "\\");
        for (String text : broken) {
            assertThrows(
                    ProtocolException.class,
                    () -> read(utf8(text)),
                    () -> text.substring(text.length() - 50));
        }
    }

    /** Whatever is changed: either both ways refuse a document, or both read the same. */
    @Test
    void damaged_documents_are_read_as_the_parser_alone_reads_them() {
        ObjectNode payload = Wire.object().put("a", "\\" + LONG.substring(0, 99_999));
        payload.put("b", LONG.substring(0, 40_000)).put("c", "x");
        byte[] json = Wire.bytes(message(payload));
        Random random = new Random(7);
        byte[] odd = utf8("\"\\{}[]:,\n x?\u00e9");
        for (int round = 0; round < 300; round++) {
            byte[] damaged = json.clone();
            for (int i = 0; i <= random.nextInt(3); i++) {
                int at =
                        random.nextBoolean()
                                ? random.nextInt(json.length)
                                : Math.floorMod(
                                        random.nextInt(120) + (random.nextBoolean() ? 0 : -120),
                                        json.length);
                damaged[at] = odd[random.nextInt(odd.length)];
            }
            assertEquals(outcome(damaged, true), outcome(damaged, false), "round " + round);
        }
    }

    private static Object outcome(byte[] json, boolean cut) {
        List<Object> read = new ArrayList<>();
        try {
            if (cut) {
                Wire.messages(ByteBuffer.wrap(json), read::add);
            } else {
                Wire.messages(json, numbered -> read.add(numbered.message()));
            }
        } catch (ProtocolException e) {
            read.add("refused");
        }
        return read;
    }
}
