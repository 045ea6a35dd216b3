package dev.weft.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FrameTest {
    private static final Receipt RECEIPT = new Receipt(new Acks(1, 300, 70_000_000_000L), 0);

    private static JsonText message(int n, String text) {
        return Wire.json(new MeshMessage("note", "r" + n, "", "", Wire.object().put("text", text)));
    }

    private static List<MeshMessage> read(Frame frame) {
        ByteBuffer body =
                frame.deflated()
                        ? Deflate.inflate(frame.body(), Wire.MAX_MESH_MESSAGE)
                        : frame.body();
        List<MeshMessage> messages = new ArrayList<>();
        assertEquals(frame.count(), Wire.messages(body, messages::add));
        return messages;
    }

    @Test
    void messages_of_a_frame_come_back_in_order() {
        byte[] bytes =
                Frame.batch(
                        Lane.INTERACTIVE,
                        RECEIPT,
                        4711,
                        new Acks(5, 6, 0),
                        List.of(message(1, "ü"), message(2, ""), message(3, "x")),
                        true);
        Frame frame = Frame.read(bytes);
        assertEquals(RECEIPT, frame.receipt());
        assertEquals(4711, frame.first());
        assertEquals(new Acks(5, 6, 0), frame.after());
        assertEquals(Lane.INTERACTIVE, frame.lane());
        assertFalse(frame.deflated(), "too short to pay");
        assertEquals(
                List.of("r1", "r2", "r3"),
                read(frame).stream().map(MeshMessage::requestId).toList());
        assertEquals("ü", read(frame).get(0).payload().path("text").asText());
    }

    @Test
    void what_shrinks_well_is_compressed_and_what_does_not_is_not() {
        JsonText dull = message(1, "all work and no play ".repeat(2_000));
        Frame frame =
                Frame.read(Frame.batch(Lane.BULK, RECEIPT, 0, Acks.NONE, List.of(dull), true));
        assertTrue(frame.deflated());
        assertEquals(42_000, read(frame).get(0).payload().path("text").asText().length());
        assertFalse(
                Frame.read(Frame.batch(Lane.BULK, RECEIPT, 0, Acks.NONE, List.of(dull), false))
                        .deflated(),
                "the peer does not know how");
        byte[] noise = new byte[50_000];
        new Random(1).nextBytes(noise);
        assertNull(Deflate.shrink(JsonText.of(noise)));
    }

    @Test
    void a_bomb_is_refused_before_it_fills_the_memory() {
        byte[] small = Deflate.shrink(JsonText.of(new byte[20 << 20]));
        ProtocolException refused =
                assertThrows(
                        ProtocolException.class,
                        () -> Deflate.inflate(ByteBuffer.wrap(small), Wire.MAX_MESH_MESSAGE));
        assertEquals("too_large", refused.code());
    }

    @Test
    void pieces_carry_their_place() {
        JsonText whole = message(1, "x".repeat(100_000));
        byte[] piece = Frame.piece(Lane.BULK, RECEIPT, 7, Acks.NONE, whole, false, 64_000, 1_000);
        Frame frame = Frame.read(piece);
        assertTrue(frame.piece());
        assertEquals(64_000, frame.offset());
        assertEquals(whole.length(), frame.total());
        assertEquals(1_000, frame.body().remaining());
    }

    @Test
    void a_frame_says_which_stream_it_acknowledges_beside_all_else() {
        for (int generation = -1; generation < 40; generation++) {
            Receipt receipt = new Receipt(new Acks(1, 2, 3), Receipt.mark(generation));
            JsonText whole = message(1, "x".repeat(100_000));
            for (Lane lane : Lane.values()) {
                Frame read =
                        Frame.read(Frame.piece(lane, receipt, 7, Acks.NONE, whole, true, 0, 9));
                assertEquals(receipt, read.receipt());
                assertEquals(lane, read.lane());
                assertTrue(read.piece() && read.deflated());
            }
            assertTrue(receipt.isAbout(Receipt.mark(generation)));
            assertEquals(generation < 0, receipt.isAbout(Receipt.mark(generation + 1)));
        }
    }

    @Test
    void damaged_frames_are_refused_with_a_reason_and_nothing_else() {
        byte[] good =
                Frame.piece(
                        Lane.BULK,
                        RECEIPT,
                        7,
                        Acks.NONE,
                        JsonText.of("x".repeat(5_000).getBytes(StandardCharsets.UTF_8)),
                        false,
                        100,
                        200);
        Random random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int k = random.nextInt(4); k > 0 && bad.length > 0; k--) {
                bad[random.nextInt(Math.min(24, bad.length))] = (byte) random.nextInt();
            }
            try {
                Frame frame = Frame.read(bad);
                assertTrue(frame.count() <= Frame.MAX_COUNT);
                assertTrue(frame.total() <= Wire.MAX_MESH_MESSAGE);
                assertTrue(frame.offset() + frame.body().remaining() <= frame.total());
            } catch (ProtocolException expected) {
                assertEquals("bad_frame", expected.code());
            }
        }
    }

    @Test
    void a_number_beside_a_message_is_read_and_ignored_by_who_does_not_know_it() {
        byte[] text =
                NumberedMessage.write(message(1, "x"), Lane.INTERACTIVE, 12, new Acks(3, 0, 0));
        List<NumberedMessage> read = new ArrayList<>();
        Wire.messages(text, read::add);
        assertEquals(12, read.get(0).number());
        assertEquals(3, read.get(0).after().control());
        assertEquals(Lane.INTERACTIVE, read.get(0).lane());
        assertEquals("r1", Wire.mesh(new String(text, StandardCharsets.UTF_8)).requestId());
    }
}
