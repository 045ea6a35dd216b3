package dev.weft.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
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
    public static byte[] shrink(byte[] data) {
        if (data.length < THRESHOLD) {
            return null;
        }
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            byte[] sample = new byte[SAMPLE];
            deflater.setInput(data, (data.length - SAMPLE) / 2, SAMPLE);
            deflater.finish();
            if (deflater.deflate(sample) > SAMPLE * WORTH || !deflater.finished()) {
                return null;
            }
            deflater.reset();
            deflater.setInput(data);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream(data.length / 4);
            byte[] step = new byte[Math.min(STEP, data.length)];
            while (!deflater.finished() && out.size() < data.length) {
                out.write(step, 0, deflater.deflate(step));
            }
            return deflater.finished() && out.size() < data.length ? out.toByteArray() : null;
        } finally {
            deflater.end();
        }
    }

    /** Undoes {@link #shrink}.
     * @param data compressed
     * @param limit most bytes that may come out
     * @return what was compressed
     * @throws ProtocolException if it is damaged, or longer than the limit */
    public static byte[] inflate(ByteBuffer data, int limit) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(data.duplicate());
            ByteArrayOutputStream out =
                    new ByteArrayOutputStream(Math.min(limit, data.remaining() * 4));
            byte[] step = new byte[STEP];
            while (!inflater.finished()) {
                int got = inflater.inflate(step);
                if (got == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new ProtocolException("bad_frame", "compressed data is cut off");
                }
                if (out.size() + got > limit) {
                    throw new ProtocolException(
                            "too_large", "compressed data is longer than " + limit + " bytes");
                }
                out.write(step, 0, got);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new ProtocolException("bad_frame", "compressed data is damaged");
        } finally {
            inflater.end();
        }
    }
}
