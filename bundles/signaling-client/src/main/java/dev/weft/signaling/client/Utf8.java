package dev.weft.signaling.client;

/** Counts bytes without making them. */
final class Utf8 {
    private Utf8() {}

    /** Bytes of a text in UTF-8. */
    static int length(String text) {
        int bytes = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                bytes += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
            }
        }
        return bytes;
    }
}
