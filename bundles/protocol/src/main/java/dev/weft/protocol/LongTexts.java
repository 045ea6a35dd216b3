package dev.weft.protocol;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
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

    /** The bytes of a text that JSON shows as it is.
     * @return null if it is short, or if something in it must be written otherwise */
    static byte[] plain(String text) {
        if (text == null || text.length() < LEAST) {
            return null;
        }
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at++) {
            byte next = bytes[at];
            if (next < ' ' || next == '"' || next == '\\') {
                return null;
            }
            if (next == '?' && text.charAt(at) != '?') {
                return null; // it stands for what this character set has not
            }
        }
        return bytes;
    }

    /** The first byte that JSON does not show as it is. Written out here and above: the quick JIT takes four times as long with a method for each. */
    private static int plainTo(byte[] bytes, int from, int end) {
        int at = from;
        while (at < end) {
            byte next = bytes[at];
            if (next < ' ' || next == '"' || next == '\\') {
                break;
            }
            at++;
        }
        return at;
    }

    private void search(byte[] json, int from, int end) {
        int kept = from;
        int at = from;
        while (at < end) {
            if (json[at++] != '"') {
                continue;
            }
            int start = at;
            at = plainTo(json, start, end);
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
