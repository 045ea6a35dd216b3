package dev.weft.protocol;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One binary frame between two hosts that both said {@code resume} in their {@code hello}: some whole messages, a piece of one long
 * message, or nothing but acknowledgements. Layout: version (1 byte, 1), flags (1 byte: 1 deflated, 2 piece, lane in bits 4 and 5, mark of the
 * receipt in bits 2, 3, 6 and 7, low bits first), then unsigned LEB128 numbers: the three acks, first, count, the control and interactive
 * numbers that come before, and for a piece its offset and the total; the rest is the body.
 *
 * @param lane of the messages
 * @param receipt what the sender has handled
 * @param first number of the first message, or of the message that the piece belongs to
 * @param after what must be handled before, in the lanes that are more urgent: a path change must not turn the messages of one request round
 * @param count how many messages; 0 for acknowledgements only
 * @param piece whether the body is a piece of one message
 * @param deflated whether the messages are compressed (RFC 1950): the body, or the long message before it was cut
 * @param offset of a piece, in bytes of what was cut
 * @param total length of what was cut
 * @param body a JSON array of messages, or the bytes of a piece; not copied
 */
public record Frame(
        Lane lane,
        Receipt receipt,
        long first,
        Acks after,
        int count,
        boolean piece,
        boolean deflated,
        int offset,
        int total,
        ByteBuffer body) {
    /** Most bytes that a frame has besides its body. */
    public static final int MAX_OVERHEAD = 96;

    /** Most messages of one frame. */
    public static final int MAX_COUNT = 4096;

    private static final int VERSION = 1;
    private static final int DEFLATED = 1;
    private static final int PIECE = 2;
    private static final int LANE_SHIFT = 4;

    /** Makes a frame of acknowledgements only.
     * @param receipt what was handled
     * @return the frame */
    public static byte[] acks(Receipt receipt) {
        return new Head(Lane.CONTROL, 0, receipt, 0, Acks.NONE, 0).before(0);
    }

    /** Makes a frame of whole messages.
     * @param lane of the messages
     * @param receipt what was handled
     * @param first number of the first message
     * @param after what must be handled before them
     * @param messages JSON objects, in the order of their numbers, at least one
     * @param deflate whether to compress them, if that makes them much shorter
     * @return the frame */
    public static byte[] batch(
            Lane lane,
            Receipt receipt,
            long first,
            Acks after,
            List<JsonText> messages,
            boolean deflate) {
        int length = joined(messages);
        if (deflate && length >= Deflate.THRESHOLD) {
            byte[] shorter = Deflate.shrink(JsonText.of(join(messages)));
            if (shorter != null) {
                Head head = new Head(lane, DEFLATED, receipt, first, after, messages.size());
                byte[] frame = head.before(shorter.length);
                System.arraycopy(shorter, 0, frame, head.length, shorter.length);
                return frame;
            }
        }
        Head head = new Head(lane, 0, receipt, first, after, messages.size());
        byte[] frame = head.before(length);
        join(messages, frame, head.length);
        return frame;
    }

    /** Joins messages to a JSON array.
     * @param messages JSON objects
     * @return the array */
    public static byte[] join(List<JsonText> messages) {
        byte[] joined = new byte[joined(messages)];
        join(messages, joined, 0);
        return joined;
    }

    private static int joined(List<JsonText> messages) {
        int length = messages.size() + 1;
        for (int i = 0; i < messages.size(); i++) { // for each frame: an iterator takes longer
            length += messages.get(i).length();
        }
        return length;
    }

    private static void join(List<JsonText> messages, byte[] target, int start) {
        int at = start;
        for (int i = 0; i < messages.size(); i++) {
            JsonText message = messages.get(i);
            target[at] = (byte) (i == 0 ? '[' : ',');
            message.copy(0, message.length(), target, at + 1);
            at += message.length() + 1;
        }
        target[at] = ']';
    }

    /** Makes a frame of one piece.
     * @param lane of the message
     * @param receipt what was handled
     * @param number of the message
     * @param after what must be handled before it
     * @param whole the message, compressed or not
     * @param deflated whether it is compressed
     * @param offset of the piece
     * @param length of the piece
     * @return the frame */
    public static byte[] piece(
            Lane lane,
            Receipt receipt,
            long number,
            Acks after,
            JsonText whole,
            boolean deflated,
            int offset,
            int length) {
        Head head = new Head(lane, PIECE | (deflated ? DEFLATED : 0), receipt, number, after, 1);
        head.number(offset);
        head.number(whole.length());
        byte[] frame = head.before(length);
        whole.copy(offset, length, frame, head.length);
        return frame;
    }

    /** What a frame begins with. */
    private static final class Head {
        private final byte[] bytes = new byte[MAX_OVERHEAD];
        private int length;

        Head(Lane lane, int flags, Receipt receipt, long first, Acks after, int count) {
            bytes[length++] = VERSION;
            bytes[length++] =
                    (byte) (flags | lane.ordinal() << LANE_SHIFT | marked(receipt.mark()));
            Acks acks = receipt.acks();
            number(acks.control());
            number(acks.interactive());
            number(acks.bulk());
            number(first);
            number(count);
            number(after.control());
            number(after.interactive());
        }

        void number(long value) {
            long left = value;
            while (left >= 0x80) {
                bytes[length++] = (byte) (left & 0x7f | 0x80);
                left >>>= 7;
            }
            bytes[length++] = (byte) left;
        }

        /** A frame with room for its body. */
        byte[] before(int body) {
            byte[] frame = new byte[length + body];
            System.arraycopy(bytes, 0, frame, 0, length);
            return frame;
        }
    }

    private static int marked(int mark) {
        return (mark & 3) << 2 | (mark >> 2) << 6;
    }

    private static int mark(byte flags) {
        return flags >> 2 & 3 | flags >> 4 & 12;
    }

    /** Reads a frame.
     * @param bytes of the frame; not copied
     * @return the frame
     * @throws ProtocolException if it is none, or of a later version */
    public static Frame read(byte[] bytes) {
        if (bytes.length < 9 || bytes[0] != VERSION) {
            throw new ProtocolException(
                    "bad_frame", "not a frame of version " + VERSION + " of this protocol");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 2, bytes.length - 2);
        boolean piece = (bytes[1] & PIECE) != 0;
        Lane lane = Lane.numbered(bytes[1] >> LANE_SHIFT & 3);
        Receipt receipt = new Receipt(new Acks(number(in), number(in), number(in)), mark(bytes[1]));
        long first = number(in);
        int count = size("count", number(in), MAX_COUNT);
        Acks after = new Acks(number(in), number(in), 0);
        int offset = piece ? size("offset", number(in), Wire.MAX_MESH_MESSAGE) : 0;
        int total = piece ? size("total", number(in), Wire.MAX_MESH_MESSAGE) : in.remaining();
        if (piece && (count != 1 || in.remaining() == 0 || offset + in.remaining() > total)) {
            throw new ProtocolException("bad_frame", "a piece does not fit its message");
        }
        boolean deflated = (bytes[1] & DEFLATED) != 0;
        return new Frame(
                lane, receipt, first, after, count, piece, deflated, offset, total, in.slice());
    }

    private static long number(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            if (!in.hasRemaining()) {
                break;
            }
            byte next = in.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new ProtocolException("bad_frame", "a number of a frame is cut off or too large");
    }

    private static int size(String what, long value, int most) {
        if (value > most) {
            throw new ProtocolException(
                    "bad_frame", "the " + what + " of a frame is " + value + ", at most " + most);
        }
        return (int) value;
    }
}
