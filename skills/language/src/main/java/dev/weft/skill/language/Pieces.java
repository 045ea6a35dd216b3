package dev.weft.skill.language;

import java.util.ArrayList;
import java.util.List;

/** Cuts text where it hurts least: between paragraphs, else lines, else sentences, else words. Stateless. */
final class Pieces {
    private static final List<String> SEAMS = List.of("\n\n", "\n", ". ", " ");

    private Pieces() {}

    static List<String> of(String text, int size) {
        List<String> pieces = new ArrayList<>();
        int from = 0;
        while (text.length() - from > size) {
            int to = seam(text, from, from + size);
            pieces.add(text.substring(from, to));
            from = to;
        }
        pieces.add(text.substring(from));
        pieces.removeIf(String::isBlank);
        return pieces;
    }

    /** The last seam in the second half of what fits. */
    private static int seam(String text, int from, int to) {
        for (String seam : SEAMS) {
            int at = text.lastIndexOf(seam, to - seam.length());
            if (at >= from + (to - from) / 2) {
                return at + seam.length();
            }
        }
        return Character.isHighSurrogate(text.charAt(to - 1)) ? to - 1 : to;
    }
}
