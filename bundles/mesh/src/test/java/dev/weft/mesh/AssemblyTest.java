package dev.weft.mesh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.weft.protocol.Acks;
import dev.weft.protocol.Frame;
import dev.weft.protocol.JsonText;
import dev.weft.protocol.Lane;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Receipt;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AssemblyTest {
    private static final int LARGE = 15 << 20;
    private static final int PIECE = 64 << 10;
    private final Assembly assembly = new Assembly();

    private static List<Frame> pieces(int number, byte[] message) {
        List<Frame> pieces = new ArrayList<>();
        Receipt receipt = new Receipt(Acks.NONE, 0);
        for (int at = 0; at < message.length; at += PIECE) {
            int length = Math.min(PIECE, message.length - at);
            JsonText whole = JsonText.of(message);
            pieces.add(
                    Frame.read(
                            Frame.piece(
                                    Lane.BULK, receipt, number, Acks.NONE, whole, false, at,
                                    length)));
        }
        return pieces;
    }

    private static byte[] noise(int length) {
        byte[] noise = new byte[length];
        new Random(length).nextBytes(noise);
        return noise;
    }

    private ByteBuffer put(List<Frame> pieces) {
        assembly.begin(pieces.get(0));
        for (Frame piece : pieces.subList(0, pieces.size() - 1)) {
            assertNull(assembly.add(piece));
        }
        return assembly.add(pieces.get(pieces.size() - 1));
    }

    @Test
    void messages_come_out_whole_one_after_the_other_whatever_their_length() {
        for (int length : new int[] {1, PIECE, 300_000, 5_000_000, 70_000, LARGE, PIECE + 1}) {
            byte[] message = noise(length);
            assertEquals(ByteBuffer.wrap(message), put(pieces(length, message)));
        }
    }

    @Test
    void one_that_breaks_off_does_not_spoil_the_next() {
        List<Frame> first = pieces(1, noise(1_000_000));
        assembly.begin(first.get(0));
        assembly.add(first.get(0));
        byte[] message = noise(2_000_000);
        assertEquals(ByteBuffer.wrap(message), put(pieces(2, message)));
        assertThrows(ProtocolException.class, () -> assembly.add(first.get(1)));
    }

    @Test
    void a_piece_that_is_missing_or_of_another_message_is_refused() {
        List<Frame> pieces = pieces(1, noise(1_000_000));
        assertThrows(ProtocolException.class, () -> assembly.add(pieces.get(0)));
        assembly.begin(pieces.get(0));
        assembly.add(pieces.get(0));
        assertThrows(ProtocolException.class, () -> assembly.add(pieces.get(2)));
        Frame other = pieces(2, noise(1_000_000)).get(1);
        assertThrows(ProtocolException.class, () -> assembly.add(other));
        assertNull(assembly.add(pieces.get(1)));
    }

    /** What is made anew for each message is garbage of 16 MiB each. */
    @Test
    void the_next_message_takes_the_memory_of_the_last_one() {
        byte[] first = put(pieces(1, noise(LARGE))).array();
        List<Frame> pieces = pieces(2, noise(LARGE));
        long before = allocated();
        ByteBuffer message = put(pieces);
        long taken = allocated() - before;
        assertSame(first, message.array());
        assertTrue(taken < LARGE / 8, "it took " + taken + " bytes");
    }

    @Test
    void the_memory_is_let_go_when_no_message_comes_and_not_before_the_last_is_whole() {
        List<Frame> pieces = pieces(1, noise(1_000_000));
        assembly.begin(pieces.get(0));
        assembly.add(pieces.get(0));
        long later = System.nanoTime() + 2 * Assembly.KEEP_NANOS;
        assertTrue(assembly.waits(later));
        assertFalse(assembly.stale(later));
        assertTrue(assembly.stale(System.nanoTime() + 2 * Assembly.PATIENCE_NANOS));
        byte[] message = noise(1_000_000);
        long now = System.nanoTime();
        byte[] kept = put(pieces(2, message)).array();
        assertTrue(assembly.waits(now), "kept for the next");
        assertSame(kept, put(pieces(3, message)).array());
        assertFalse(assembly.stale(System.nanoTime() + 2 * Assembly.PATIENCE_NANOS));
        assertFalse(assembly.waits(System.nanoTime() + 2 * Assembly.KEEP_NANOS));
        assertEquals(ByteBuffer.wrap(message), put(pieces(4, message)));
    }

    private static long allocated() {
        return ((ThreadMXBean) ManagementFactory.getThreadMXBean())
                .getThreadAllocatedBytes(Thread.currentThread().getId());
    }
}
