package dev.weft.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** Compression of what travels between hosts, where it pays. */
public final class Deflate {
    /** Shorter than this, in bytes, nothing is compressed. */
    public static final int THRESHOLD = 4 << 10;

    private static final int SAMPLE = 2 << 10;
    private static final double WORTH = 0.5;
    private static final int STEP = 32 << 10;

    private Deflate() {}

    /** Compresses, if a sample from the middle shrinks to half or less.
     * @param data what
     * @return null if it does not pay */
    public static byte[] shrink(JsonText data) {
        if (data.length() < THRESHOLD) {
            return null;
        }
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            byte[] sample = new byte[SAMPLE];
            data.copy((data.length() - SAMPLE) / 2, SAMPLE, sample, 0);
            deflater.setInput(sample);
            deflater.finish();
            deflater.deflate(new byte[(int) (SAMPLE * WORTH)]);
            if (!deflater.finished()) {
                return null;
            }
            deflater.reset();
            ByteArrayOutputStream out = new ByteArrayOutputStream(data.length() / 4);
            byte[] step = new byte[Math.min(STEP, data.length())];
            byte[] shorter = new byte[step.length];
            int taken = 0;
            while (!deflater.finished() && out.size() < data.length()) {
                if (deflater.needsInput() && taken < data.length()) {
                    int count = Math.min(step.length, data.length() - taken);
                    data.copy(taken, count, step, 0);
                    deflater.setInput(step, 0, count);
                    taken += count;
                    if (taken == data.length()) {
                        deflater.finish();
                    }
                }
                out.write(shorter, 0, deflater.deflate(shorter));
            }
            return deflater.finished() && out.size() < data.length() ? out.toByteArray() : null;
        } finally {
            deflater.end();
        }
    }

    /** Undoes {@link #shrink}.
     * @param data compressed
     * @param limit most bytes that may come out
     * @return what was compressed, in an array
     * @throws ProtocolException if it is damaged, or longer than the limit */
    public static ByteBuffer inflate(ByteBuffer data, int limit) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data.duplicate());
            int most = limit + 1; // one byte more tells that there is more
            byte[] out = new byte[Math.min(most, Math.max(STEP, data.remaining() * 4))];
            int have = 0;
            while (!inflater.finished()) {
                if (have == out.length) {
                    out = Arrays.copyOf(out, Math.min(most, have * 2));
                }
                int got = inflater.inflate(out, have, out.length - have);
                if (got == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new ProtocolException("bad_frame", "compressed data is cut off");
                }
                have += got;
                if (have > limit) {
                    throw new ProtocolException(
                            "too_large", "compressed data is longer than " + limit + " bytes");
                }
            }
            return ByteBuffer.wrap(out, 0, have);
        } catch (DataFormatException e) {
            throw new ProtocolException("bad_frame", "compressed data is damaged");
        } finally {
            inflater.end();
        }
    }
}
