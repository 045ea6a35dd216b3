package dev.weft.protocol;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A JSON document as it goes over the wire, in UTF-8. The long texts in it are those of the tree that was written, and are copied only
 * as they leave: a large result is not in memory twice. Immutable.
 */
public final class JsonText {
    /** @param bytes null if it is a text
     * @param text of ASCII; null if it is bytes */
    private record Part(byte[] bytes, String text, int start, int length) {
        @SuppressWarnings(
                "deprecation") // drops the upper halves of characters: there are none in ASCII
        void copy(int from, int to, byte[] target, int at) {
            if (text == null) {
                System.arraycopy(bytes, from, target, at, to - from);
            } else {
                text.getBytes(from, to, target, at);
            }
        }
    }

    private final List<Part> parts;
    private final int length;

    private JsonText(List<Part> parts, int length) {
        this.parts = parts;
        this.length = length;
    }

    /** A document that is written already.
     * @param bytes UTF-8; not copied, and not to be changed any more
     * @return that */
    public static JsonText of(byte[] bytes) {
        return new JsonText(List.of(new Part(bytes, null, 0, bytes.length)), bytes.length);
    }

    /** How long it is.
     * @return bytes */
    public int length() {
        return length;
    }

    /** Copies some of it.
     * @param offset of the first byte
     * @param count how many bytes
     * @param target where they go
     * @param at where there
     * @throws IndexOutOfBoundsException if one of the two is too short */
    public void copy(int offset, int count, byte[] target, int at) {
        int end = offset + count;
        int next = offset;
        for (int i = partAt(offset); next < end; i++) {
            Part part = parts.get(i);
            int to = Math.min(end - part.start, part.length);
            part.copy(next - part.start, to, target, at + next - offset);
            next = part.start + to;
        }
    }

    private int partAt(int offset) {
        int low = 0;
        int high = parts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (parts.get(middle).start <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    /** Copies all of it.
     * @return UTF-8 */
    public byte[] bytes() {
        byte[] all = new byte[length];
        copy(0, length, all, 0);
        return all;
    }

    /** Takes what a generator writes, and texts as they are. */
    static final class Writer extends OutputStream {
        private final List<Part> parts = new ArrayList<>(1);
        private int length;

        @Override
        public void write(int one) {
            add(new byte[] {(byte) one}, null, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int count) {
            if (count > 0) {
                add(Arrays.copyOfRange(bytes, offset, offset + count), null, count);
            }
        }

        /** Adds a text.
         * @param text ASCII, not empty */
        void text(String text) {
            add(null, text, text.length());
        }

        private void add(byte[] bytes, String text, int count) {
            parts.add(new Part(bytes, text, length, count));
            length = Math.addExact(length, count);
        }

        JsonText written() {
            return new JsonText(parts, length);
        }
    }
}
