package dev.weft.skill.repository.scan;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Letters that look like those of Latin, after UTS 39: those of Cyrillic, Greek, Armenian, Cherokee and the Latin extensions that fonts show
 * as (nearly) the same small letter. What Unicode itself calls a form of a letter (full width, mathematical, circled, superscript) is
 * normalised. It is a part of the tables of UTS 39: other scripts and signs are not covered.
 */
final class Confusables {
    private static final Map<Integer, String> LATIN = new HashMap<>();

    static {
        // each line: the Latin letter, then what looks like it
        for (String line :
                new String[] {
                    "a\u0430\u03b1\u0251\u13aa\u0391\u0410",
                    "b\u044c\u13cf\u0184\u0185\u0392\u0412\u13f4",
                    "c\u0441\u03f2\u2ca5\u0421\u13df\u1d04",
                    "d\u0501\u13e7\u0257\u1d05\u13a0",
                    "e\u0435\u0454\u04bd\u03b5\u212e\u0395\u0415\u13ac",
                    "f\u0192\u0584\u03dd\u1e9d\u03dc",
                    "g\u0261\u0581\u018d\u050c\u13c0\u0563",
                    "h\u04bb\u0570\u13c2\u0397\u041d\u13bb",
                    "i\u0456\u03b9\u0131\u13a5\u0269\u0406\u0399\u0196",
                    "j\u0458\u03f3\u0575\u0408\u13ab",
                    "k\u043a\u03ba\u0138\u041a\u039a\u13e6",
                    "l\u217c\u04cf\u04c0\u01c0\u0627\u13de",
                    "m\u043c\u217f\u039c\u041c\u13b7",
                    "n\u0578\u057c\u0274\u03b7\u039d\u0146",
                    "o\u043e\u03bf\u0585\u03c3\u0555\u039f\u041e\u0d20\u0966\u09e6\u0665",
                    "p\u0440\u03c1\u2374\u03a1\u0420\u13e2",
                    "q\u051b\u0563\u0566\u051a",
                    "r\u0433\u1d26\u0280\u13a1\u0550",
                    "s\u0455\u01bd\u0405\u13da\u054f",
                    "t\u0442\u03c4\u03a4\u0422\u13a2",
                    "u\u057d\u03c5\u028b\u1d1c\u054d",
                    "v\u03bd\u0475\u1d20\u0474\u13d9",
                    "w\u0461\u051d\u0448\u03c9\u026f\u13b3\u13d4\u051c",
                    "x\u0445\u03c7\u0425\u03a7",
                    "y\u0443\u04af\u03b3\u0423\u0420\u04ae\u03a5\u028f",
                    "z\u1d22\u0396\u13c3"
                }) {
            for (int i = 1; i < line.length(); i++) {
                LATIN.putIfAbsent((int) line.charAt(i), line.substring(0, 1));
            }
        }
    }

    private Confusables() {}

    /** What a text looks like: texts with the same skeleton are easily taken for each other. Not for people to read. */
    static String skeleton(String text) {
        return plain(Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}+", ""))
                .replace("i", "l")
                .replace("0", "o")
                .replace("1", "l")
                .replace("rn", "m")
                .replace("vv", "w");
    }

    /** The same text in Latin letters where others look like them. */
    static String plain(String text) {
        StringBuilder latin = new StringBuilder();
        text.codePoints()
                .forEach(
                        c -> {
                            String same = c < 0x80 ? null : LATIN.get(c);
                            if (same == null) {
                                latin.appendCodePoint(c);
                            } else {
                                latin.append(same);
                            }
                        });
        return latin.toString().toLowerCase(Locale.ROOT);
    }

    /** Whether a letter is not Latin, and looks like one that is. */
    static boolean looksLatin(int letter) {
        return letter >= 0x80 && LATIN.containsKey(letter);
    }
}
