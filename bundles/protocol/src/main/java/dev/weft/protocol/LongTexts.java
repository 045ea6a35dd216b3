package dev.weft.protocol;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The long texts of a document, copied as they are: a parser looks at each character three times, which is most of what a large result costs. They
 * are cut out before the rest is read, and put back when the tree is made. Only texts of printable ASCII without quotes and backslashes qualify;
 * others are left to the parser.
 */
final class LongTexts extends FiniteNumbers {
    /** Shorter texts, in characters, are not worth it. */
    static final int LEAST = 16 << 10;

    /** Shorter documents, in bytes, are not searched. */
    private static final int SEARCHED = 128 << 10;

    /** Characters of a text that are looked at in one go. */
    private static final int BLOCK = 8 << 10;

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long UPPER = 0x8080808080808080L;
    private static final long serialVersionUID = 1L;

    /** What stands for a text in the rest of the document; nobody else can know it. */
    private final String mark = UUID.randomUUID() + ":";

    private final transient List<String> texts = new ArrayList<>();
    private final transient ByteArrayOutputStream rest = new ByteArrayOutputStream();

    private LongTexts() {}

    /** Looks for long texts.
     * @param json UTF-8, in an array; need not be valid
     * @return null if there are none */
    static LongTexts of(ByteBuffer json) {
        if (json.remaining() < SEARCHED) {
            return null;
        }
        LongTexts found = new LongTexts();
        int start = json.arrayOffset() + json.position();
        found.search(json.array(), start, start + json.remaining());
        return found.texts.isEmpty() ? null : found;
    }

    /** Whether a text is long, and JSON shows it as it is. */
    static boolean isPlain(String text) {
        if (text == null || text.length() < LEAST) {
            return false;
        }
        for (int from = 0; from < text.length(); from += BLOCK) {
            String block = text.substring(from, Math.min(text.length(), from + BLOCK));
            byte[] bytes = block.getBytes(StandardCharsets.ISO_8859_1);
            if (bytes.length != block.length()) {
                return false; // a pair of characters became one
            }
            for (int at = plainTo(bytes, 0, bytes.length, '?');
                    at < bytes.length;
                    at = plainTo(bytes, at + 1, bytes.length, '?')) {
                if (bytes[at] != '?' || block.charAt(at) != '?') {
                    return false; // a question mark stands for what this character set has not
                }
            }
        }
        return true;
    }

    /** The first byte that JSON does not show as it is, or that is not ASCII. Looks at eight at a time: the quick JIT takes eight times as long else.
     * @param also stops at this, too */
    private static int plainTo(byte[] bytes, int from, int end, char also) {
        long others = also * ONES;
        int at = from;
        while (at <= end - Long.BYTES) {
            long eight = (long) EIGHT.get(bytes, at);
            long odd = eight | eight - ' ' * ONES; // the upper bit says so of each byte below
            odd |= zero(eight ^ '"' * ONES);
            odd |= zero(eight ^ '\\' * ONES);
            odd |= zero(eight ^ others);
            if ((odd & UPPER) != 0) {
                break;
            }
            at += Long.BYTES;
        }
        while (at < end
                && bytes[at] >= ' '
                && bytes[at] != '"'
                && bytes[at] != '\\'
                && bytes[at] != also) {
            at++;
        }
        return at;
    }

    /** The upper bit of a byte is set if it, or the one before, is zero. */
    private static long zero(long eight) {
        return eight - ONES & ~eight;
    }

    private void search(byte[] json, int from, int end) {
        int kept = from;
        int at = from;
        while (at < end) {
            if (json[at++] != '"') {
                continue;
            }
            int start = at;
            at = plainTo(json, start, end, '"');
            if (at - start >= LEAST && at < end && json[at] == '"' && !isName(json, at + 1, end)) {
                rest.write(json, kept, start - kept);
                rest.writeBytes((mark + texts.size()).getBytes(StandardCharsets.US_ASCII));
                texts.add(new String(json, start, at - start, StandardCharsets.ISO_8859_1));
                kept = at;
            }
            while (at < end && json[at] != '"') {
                at += json[at] == '\\' ? 2 : 1;
            }
            at++;
        }
        if (!texts.isEmpty()) {
            rest.write(json, kept, end - kept);
        }
    }

    /** Whether a text that ended is the name of a member. */
    private static boolean isName(byte[] json, int from, int end) {
        int at = from;
        while (at < end && json[at] <= ' ') {
            at++;
        }
        return at < end && json[at] == ':';
    }

    /** The document with a mark where each text was. */
    ByteBuffer rest() {
        return ByteBuffer.wrap(rest.toByteArray());
    }

    @Override
    public TextNode textNode(String text) {
        return super.textNode(
                text != null && text.startsWith(mark)
                        ? texts.get(Integer.parseInt(text, mark.length(), text.length(), 10))
                        : text);
    }
}
