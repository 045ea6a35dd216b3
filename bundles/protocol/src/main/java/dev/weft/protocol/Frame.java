package dev.weft.protocol;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
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
        return head(Lane.CONTROL, 0, receipt, 0, Acks.NONE, 0).toByteArray();
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
            List<byte[]> messages,
            boolean deflate) {
        byte[] body = join(messages);
        byte[] shorter = deflate ? Deflate.shrink(body) : null;
        byte[] sent = shorter == null ? body : shorter;
        int flags = shorter == null ? 0 : DEFLATED;
        ByteArrayOutputStream head = head(lane, flags, receipt, first, after, messages.size());
        return with(head, sent, 0, sent.length);
    }

    /** Joins messages to a JSON array.
     * @param messages JSON objects
     * @return the array */
    public static byte[] join(List<byte[]> messages) {
        int length = messages.size() + 1;
        for (byte[] message : messages) {
            length += message.length;
        }
        byte[] joined = new byte[length];
        int at = 0;
        for (byte[] message : messages) {
            joined[at] = (byte) (at == 0 ? '[' : ',');
            System.arraycopy(message, 0, joined, at + 1, message.length);
            at += message.length + 1;
        }
        joined[at] = ']';
        return joined;
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
            byte[] whole,
            boolean deflated,
            int offset,
            int length) {
        int flags = PIECE | (deflated ? DEFLATED : 0);
        ByteArrayOutputStream head = head(lane, flags, receipt, number, after, 1);
        number(head, offset);
        number(head, whole.length);
        return with(head, whole, offset, length);
    }

    /** The body is long, and copied once. */
    private static byte[] with(ByteArrayOutputStream head, byte[] body, int offset, int length) {
        byte[] frame = Arrays.copyOf(head.toByteArray(), head.size() + length);
        System.arraycopy(body, offset, frame, head.size(), length);
        return frame;
    }

    private static ByteArrayOutputStream head(
            Lane lane, int flags, Receipt receipt, long first, Acks after, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(MAX_OVERHEAD);
        out.write(VERSION);
        out.write(flags | lane.ordinal() << LANE_SHIFT | marked(receipt.mark()));
        Acks acks = receipt.acks();
        number(out, acks.control());
        number(out, acks.interactive());
        number(out, acks.bulk());
        number(out, first);
        number(out, count);
        number(out, after.control());
        number(out, after.interactive());
        return out;
    }

    private static int marked(int mark) {
        return (mark & 3) << 2 | (mark >> 2) << 6;
    }

    private static int mark(byte flags) {
        return flags >> 2 & 3 | flags >> 4 & 12;
    }

    private static void number(ByteArrayOutputStream out, long value) {
        long left = value;
        while (left >= 0x80) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
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
