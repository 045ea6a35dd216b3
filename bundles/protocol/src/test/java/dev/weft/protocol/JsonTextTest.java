package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JsonTextTest {
    private static final int LARGE = 15 << 20;
    private static final int PIECE = 64 << 10;

    private static JsonText mixed() {
        ObjectNode payload = Wire.object().put("a", "0123456789".repeat(3_000)).put("b", 1);
        payload.putArray("list").add("\u20ac").add("x".repeat(70_000)).add("y".repeat(20_000));
        for (int i = 0; i < 5_000; i++) {
            payload.put("n" + i, i);
        }
        return Wire.json(payload);
    }

    @Test
    void any_stretch_of_it_is_what_the_whole_has_there() {
        JsonText text = mixed();
        byte[] whole = text.bytes();
        assertEquals(whole.length, text.length());
        assertEquals(
                Wire.write(Wire.tree(new String(whole, StandardCharsets.UTF_8))),
                new String(whole, StandardCharsets.UTF_8));
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            int from = random.nextInt(whole.length + 1);
            int count = random.nextInt(Math.min(whole.length - from, 50_000) + 1);
            byte[] some = new byte[count + 7];
            text.copy(from, count, some, 5);
            assertArrayEquals(
                    Arrays.copyOfRange(whole, from, from + count),
                    Arrays.copyOfRange(some, 5, 5 + count));
            assertEquals(0, some[4] + some[5 + count]);
        }
        assertThrows(
                IndexOutOfBoundsException.class,
                () -> text.copy(whole.length - 1, 2, new byte[2], 0));
    }

    @Test
    void what_is_written_already_is_not_copied() {
        byte[] bytes = "{}".getBytes(StandardCharsets.UTF_8);
        assertEquals(2, JsonText.of(bytes).length());
        assertArrayEquals(bytes, JsonText.of(bytes).bytes());
    }

    /** The frames are made for the wire; besides them next to nothing may stay in memory, and little be made for a moment. */
    @Test
    void a_large_result_is_cut_into_frames_without_a_copy_of_the_whole() {
        String result = "0123456789abcdef".repeat(LARGE / 16);
        MeshMessage message =
                new MeshMessage(
                        MeshMessage.TASK_RESPONSE,
                        "id",
                        "a",
                        "b",
                        Wire.object().put("result", result));
        send(message); // classes are loaded
        long before = allocated();
        JsonText text = Wire.json(message);
        long written = allocated();
        int frames = send(text);
        long sent = allocated();
        assertEquals(text.length() / PIECE + 1, frames);
        assertTrue(
                written - before < 2.2 * LARGE,
                "to write it took " + (written - before) + " bytes; it looks at two small copies");
        assertTrue(sent - written < 1.1 * LARGE, "the frames took " + (sent - written) + " bytes");
    }

    /** What has arrived and the text that is made of it, and no third. */
    @Test
    void a_large_result_is_read_with_one_copy() {
        ObjectNode payload = Wire.object().put("result", "0123456789abcdef".repeat(LARGE / 16));
        ByteBuffer json =
                ByteBuffer.wrap(
                        Wire.bytes(
                                new MeshMessage(
                                        MeshMessage.TASK_RESPONSE, "id", "a", "b", payload)));
        Wire.messages(json.duplicate(), message -> assertEquals(payload, message.payload()));
        long before = allocated();
        Wire.messages(json, message -> assertEquals(LARGE, length(message)));
        long taken = allocated() - before;
        assertTrue(taken < 1.1 * LARGE, "to read it took " + taken + " bytes");
    }

    private static int length(MeshMessage message) {
        return message.payload().path("result").textValue().length();
    }

    private static void send(MeshMessage message) {
        send(Wire.json(message));
    }

    private static int send(JsonText text) {
        Receipt receipt = new Receipt(Acks.NONE, 0);
        int frames = 0;
        for (int at = 0; at < text.length(); at += PIECE) {
            int length = Math.min(PIECE, text.length() - at);
            Frame.piece(Lane.BULK, receipt, 1, Acks.NONE, text, false, at, length);
            frames++;
        }
        return frames;
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
