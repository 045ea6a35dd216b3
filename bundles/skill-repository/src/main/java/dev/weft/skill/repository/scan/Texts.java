package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.lang.Character.UnicodeScript;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is wrong with a text that people and models read, and secrets that were left in a file. */
final class Texts {
    private static final int MAX_DESCRIPTION = 4000;
    private static final Pattern AIMED =
            Pattern.compile(
                    "(?i)(ignore|disregard|forget|override)\\W+(\\w+\\W+){0,3}(instruction|prompt|rule|message)s?"
                            + "|system\\s*prompt|<\\s*/?\\s*(system|important|instructions?|assistant|user)\\s*>"
                            + "|(do\\s*n.?t|do\\s+not|never|without)\\s+(tell|mention|inform|show|reveal|ask|telling|asking|informing)\\w*\\W+(\\w+\\W+){0,3}(the\\s+)?(user|human|person|owner)"
                            + "|(before|after|instead\\s+of)\\W+(using|calling)\\W+(any|every|all|other|another)\\b"
                            + "|you\\s+(must|are\\s+required\\s+to|have\\s+to)\\s+(always|first|never|also)?\\s*(call|use|send|read|pass|include)"
                            + "|\\[\\s*INST\\s*\\]|<\\|im_(start|end)\\|>|(?m)^\\s*(system|assistant)\\s*:");
    private static final Map<String, Pattern> SECRETS =
            Map.of(
                    "a private key", Pattern.compile("-----BEGIN [A-Z ]*PRIVATE KEY-----"),
                    "an access key of AWS", Pattern.compile("\\bAKIA[0-9A-Z]{16}\\b"),
                    "a token of GitHub", Pattern.compile("\\bgh[pousr]_[A-Za-z0-9]{36}\\b"),
                    "a token of Slack", Pattern.compile("\\bxox[abprs]-[A-Za-z0-9-]{10,}"),
                    "a key of a model provider", Pattern.compile("\\bsk-[A-Za-z0-9_-]{32,}\\b"),
                    "a key of Google", Pattern.compile("\\bAIza[A-Za-z0-9_-]{35}\\b"));

    private Texts() {}

    static void check(String where, String text, Findings findings) {
        if (text.codePoints().anyMatch(Texts::invisible)) {
            findings.high(
                    "invisible-characters",
                    where
                            + " has characters that nobody sees and a model reads: "
                            + Wire.quote(text));
        }
        for (String word : text.split("[^\\p{L}\\p{M}\\p{N}]+")) {
            if (mixed(word)) {
                findings.high(
                        "look-alike-characters",
                        where
                                + " mixes alphabets within a word, to look like another: "
                                + Wire.quote(word));
            }
        }
        if (AIMED.matcher(text).find()) {
            findings.high(
                    "aimed-at-model",
                    where
                            + " gives orders to a model instead of saying what it does: "
                            + Wire.quote(text));
        }
        if (text.length() > MAX_DESCRIPTION) {
            findings.medium(
                    "long-text",
                    where + " has " + text.length() + " characters, which the model must read");
        }
    }

    /** Whether an id or name is not what it looks like.
     * @param known ids that people know; the same id is no finding */
    static void near(String id, Set<String> known, Findings findings) {
        if (known.contains(id)) {
            return;
        }
        for (String other : known) {
            if (skeleton(id).equals(skeleton(other))
                    || Math.min(id.length(), other.length()) >= 5 && oneEdit(id, other)) {
                findings.high("near-name", id + " is easily taken for " + other);
            }
        }
    }

    static void secrets(String where, byte[] content, Findings findings) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        SECRETS.forEach(
                (what, pattern) -> {
                    if (pattern.matcher(text).find()) {
                        findings.high(
                                "secret",
                                where + " holds " + what + ", which everybody can read now");
                    }
                });
    }

    private static boolean invisible(int c) {
        int type = Character.getType(c);
        boolean selector = c >= 0xfe00 && c <= 0xfe0f || c >= 0xe0100 && c <= 0xe01ef;
        return type == Character.FORMAT
                || type == Character.PRIVATE_USE
                || type == Character.UNASSIGNED
                || type == Character.SURROGATE
                || type == Character.CONTROL && c != '\n' && c != '\t' && c != '\r'
                || selector
                || List.of(0x115f, 0x1160, 0x3164, 0xffa0, 0x2800).contains(c);
    }

    private static boolean mixed(String word) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        word.codePoints()
                .filter(Character::isLetter)
                .forEach(c -> scripts.add(UnicodeScript.of(c)));
        return scripts.contains(UnicodeScript.LATIN)
                && (scripts.contains(UnicodeScript.CYRILLIC)
                        || scripts.contains(UnicodeScript.GREEK)
                        || scripts.contains(UnicodeScript.ARMENIAN)
                        || scripts.contains(UnicodeScript.CHEROKEE));
    }

    private static String skeleton(String id) {
        return id.replaceAll("[._-]", "")
                .replace('0', 'o')
                .replace('1', 'l')
                .replace('i', 'l')
                .replace("rn", "m")
                .replace("vv", "w");
    }

    private static boolean oneEdit(String a, String b) {
        int start = 0;
        int shorter = Math.min(a.length(), b.length());
        while (start < shorter && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start
                && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
            end++;
        }
        String left = a.substring(start, a.length() - end);
        String right = b.substring(start, b.length() - end);
        boolean turned =
                left.length() == 2 && new StringBuilder(left).reverse().toString().equals(right);
        return left.length() <= 1 && right.length() <= 1 || turned;
    }
}
