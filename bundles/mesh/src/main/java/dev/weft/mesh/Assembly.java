package dev.weft.mesh;

import dev.weft.protocol.Deflate;
import dev.weft.protocol.Frame;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The long messages of a lane as their pieces arrive over one link, in order, one message after the other. Takes memory for some four times
 * what has arrived, not for what is announced, and keeps it a while for the next message. One thread adds, another one may look.
 */
final class Assembly {
    /** How long the next piece may take. */
    static final long PATIENCE_NANOS = 30_000_000_000L;

    /** How long the memory is kept for the next message. */
    static final long KEEP_NANOS = 2_000_000_000L;

    private static final int START = 256 << 10;
    private static final byte[] NOTHING = {};

    private long number;
    private int total;
    private boolean deflated;
    private boolean begun;
    private byte[] data = NOTHING;
    private int have;
    private long touched;

    /** A message begins; of one that was under way the rest does not come. */
    synchronized void begin(Frame first) {
        number = first.first();
        total = first.total();
        deflated = first.deflated();
        have = 0;
        begun = true;
        touched = System.nanoTime();
    }

    /** Adds the next piece.
     * @return the message, which stands there until the next one begins; null if it is not complete yet
     * @throws ProtocolException if pieces are missing, or the message did not begin */
    synchronized ByteBuffer add(Frame piece) {
        if (!begun
                || piece.first() != number
                || piece.total() != total
                || piece.deflated() != deflated) {
            throw new ProtocolException("bad_frame", "a piece of a message that did not begin");
        }
        if (piece.offset() != have) {
            throw new ProtocolException(
                    "bad_frame",
                    "a piece at " + piece.offset() + " where " + have + " bytes have arrived");
        }
        int length = piece.body().remaining();
        if (have + length > data.length) {
            int room = Math.max(START, Math.max(have + length, data.length * 4));
            data = Arrays.copyOf(data, Math.min(total, room));
        }
        piece.body().get(data, have, length);
        have += length;
        touched = System.nanoTime();
        if (have < total) {
            return null;
        }
        begun = false;
        ByteBuffer whole = ByteBuffer.wrap(data, 0, have);
        return deflated ? Deflate.inflate(whole, Wire.MAX_MESH_MESSAGE) : whole;
    }

    /** Whether the next piece is overdue. */
    synchronized boolean stale(long now) {
        return begun && now - touched > PATIENCE_NANOS;
    }

    /** Lets go of the memory if no message came for a while.
     * @return whether somebody must look again later */
    synchronized boolean waits(long now) {
        if (!begun && now - touched > KEEP_NANOS) {
            data = NOTHING;
        }
        return begun || data.length > 0;
    }
}
