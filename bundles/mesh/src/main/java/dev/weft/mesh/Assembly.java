package dev.weft.mesh;

import dev.weft.protocol.Deflate;
import dev.weft.protocol.Frame;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A long message as its pieces arrive over one link, in order. Takes memory for some four times what has arrived, not for what is announced. */
final class Assembly {
    /** How long the next piece may take. */
    static final long PATIENCE_NANOS = 30_000_000_000L;

    private static final int START = 256 << 10;

    private final long number;
    private final int total;
    private final boolean deflated;
    private byte[] data;
    private int have;
    private volatile long touched = System.nanoTime();

    /** Starts with the first piece. */
    Assembly(Frame first) {
        number = first.first();
        total = first.total();
        deflated = first.deflated();
        data = new byte[Math.min(total, START)];
    }

    /** Adds the next piece.
     * @return false if the piece belongs to another message
     * @throws ProtocolException if pieces are missing */
    boolean add(Frame piece) {
        if (piece.first() != number || piece.total() != total || piece.deflated() != deflated) {
            return false;
        }
        if (piece.offset() != have) {
            throw new ProtocolException(
                    "bad_frame",
                    "a piece at " + piece.offset() + " where " + have + " bytes have arrived");
        }
        int length = piece.body().remaining();
        if (have + length > data.length) {
            data = Arrays.copyOf(data, Math.min(total, Math.max(have + length, data.length * 4)));
        }
        piece.body().get(data, have, length);
        have += length;
        touched = System.nanoTime();
        return true;
    }

    boolean complete() {
        return have == total;
    }

    /** Whether the next piece is overdue. */
    boolean stale(long now) {
        return now - touched > PATIENCE_NANOS;
    }

    /** The message. */
    ByteBuffer message() {
        ByteBuffer whole = ByteBuffer.wrap(data, 0, have);
        return deflated ? ByteBuffer.wrap(Deflate.inflate(whole, Wire.MAX_MESH_MESSAGE)) : whole;
    }
}
