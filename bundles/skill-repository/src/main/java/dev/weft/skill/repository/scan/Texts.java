package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;
import java.util.regex.Pattern;

/** What is wrong with a text that people and models read. */
final class Texts {
    private static final int MAX_DESCRIPTION = 4000;
    private static final Pattern WORDS = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");
    private static final Pattern AIMED =
            Pattern.compile(
                    String.join(
                            "|",
                            // English
                            "(ignore|disregard|forget|override)\\W+(\\w+\\W+){0,3}(instruction|prompt|rule|message|guideline)s?",
                            "system\\s*prompt|developer\\s+(message|mode)",
                            "<\\s*/?\\s*(system|important|instructions?|assistant|user|secret)\\s*>",
                            "(do\\s*n.?t|do\\s+not|never|without)\\s+(tell|mention|inform|show|reveal|ask|telling|asking|informing|notify|notifying)\\w*\\W+(\\w+\\W+){0,3}(the\\s+)?(user|human|person|owner)",
                            "(before|after|instead\\s+of)\\W+(using|calling)\\W+(any|every|all|other|another)\\b",
                            "you\\s+(must|are\\s+required\\s+to|have\\s+to|should)\\s+(always|first|never|also)\\s+(call|use|send|read|pass|include)",
                            "you\\s+(must|are\\s+required\\s+to|have\\s+to)\\s+(call|use|send|pass|include)",
                            "you\\s+are\\s+now\\b|from\\s+now\\s+on\\W+you|pretend\\s+(to\\s+be|you)",
                            "(always|must)\\s+(prefer|choose|call|use)\\s+this\\s+(tool|skill)|(use|call)\\s+this\\s+(tool|skill)\\s+(first|instead|always)",
                            "(new|updated|real|hidden)\\s+instructions?\\s*:",
                            "\\[\\s*/?inst\\s*\\]|<\\|[a-z_]{2,20}\\|>|^\\s*(system|assistant|human)\\s*:|#{2,}\\s*(system|instructions?)\\b",
                            "!\\[[^\\]]*\\]\\(\\s*https?:|<!--|<\\s*(script|img|iframe)\\b",
                            // German, French, Spanish: the same order
                            "ignorier\\w*\\W+(\\w+\\W+){0,3}(anweisung|befehl|regel)\\w*",
                            "(sag|verrat|zeig)\\w*\\W+(\\w+\\W+){0,3}(benutzer|nutzer)\\w*\\W+(\\w+\\W+){0,3}(nicht|nichts)",
                            "ignore[rz]?\\W+(\\w+\\W+){0,3}(consigne|instruction|r.gle)s?",
                            "ignor[ae]\\w*\\W+(\\w+\\W+){0,3}(instruccion|regla)\\w*"),
                    Pattern.CASE_INSENSITIVE | Pattern.MULTILINE);
    private static final Pattern ENCODED = Pattern.compile("[A-Za-z0-9+/=_-]{80,}");
    private static final Set<UnicodeScript> JOINED =
            EnumSet.of(
                    UnicodeScript.ARABIC,
                    UnicodeScript.DEVANAGARI,
                    UnicodeScript.BENGALI,
                    UnicodeScript.GURMUKHI,
                    UnicodeScript.GUJARATI,
                    UnicodeScript.TAMIL,
                    UnicodeScript.TELUGU,
                    UnicodeScript.KANNADA,
                    UnicodeScript.MALAYALAM,
                    UnicodeScript.SINHALA,
                    UnicodeScript.KHMER,
                    UnicodeScript.MYANMAR,
                    UnicodeScript.MONGOLIAN);
    private static final Set<UnicodeScript> LIKE_LATIN =
            EnumSet.of(
                    UnicodeScript.CYRILLIC,
                    UnicodeScript.GREEK,
                    UnicodeScript.ARMENIAN,
                    UnicodeScript.CHEROKEE);

    private Texts() {}

    static void check(String where, String text, Findings findings) {
        if (text.chars().anyMatch(c -> c >= 0x80 || c < ' ')) {
            signs(where, text, findings);
        }
        String plain =
                Confusables.plain(Normalizer.normalize(text, Normalizer.Form.NFKC))
                        .replaceAll("\\p{Cf}+", "");
        if (AIMED.matcher(text).find() || AIMED.matcher(plain).find()) {
            findings.high(
                    "aimed-at-model",
                    where
                            + " gives orders to a model instead of saying what it does: "
                            + Wire.quote(text));
        }
        if (ENCODED.matcher(text).find()) {
            findings.medium(
                    "encoded-text",
                    where
                            + " has a long run of letters that people cannot read: "
                            + Wire.quote(text));
        }
        if (text.length() > MAX_DESCRIPTION) {
            findings.medium(
                    "long-text",
                    where + " has " + text.length() + " characters, which the model must read");
        }
    }

    private static void signs(String where, String text, Findings findings) {
        int[] all = text.codePoints().toArray();
        for (int i = 0; i < all.length; i++) {
            if (invisible(all, i)) {
                findings.high(
                        "invisible-characters",
                        where
                                + " has characters that nobody sees and a model reads: "
                                + Wire.quote(text));
            }
        }
        Set<UnicodeScript> written = EnumSet.noneOf(UnicodeScript.class);
        String[] words = WORDS.split(text);
        for (String word : words) {
            if (!inDisguise(word)) {
                written.addAll(scripts(word));
            }
        }
        for (String word : words) {
            Set<UnicodeScript> scripts = scripts(word);
            boolean mixed =
                    scripts.contains(UnicodeScript.LATIN)
                            && scripts.stream().anyMatch(LIKE_LATIN::contains);
            boolean foreign =
                    word.length() >= 3
                            && inDisguise(word)
                            && scripts.stream().noneMatch(written::contains)
                            && (written.contains(UnicodeScript.LATIN) || words.length == 1);
            if (mixed || foreign) {
                findings.high(
                        "look-alike-characters",
                        where
                                + " writes a word in letters that look like others: "
                                + Wire.quote(word)
                                + " looks like "
                                + Confusables.plain(word));
            }
        }
        if (!Normalizer.isNormalized(text, Normalizer.Form.NFKC)
                && text.codePoints().anyMatch(Texts::disguisedLatin)) {
            findings.high(
                    "look-alike-characters",
                    where
                            + " has letters in a form that hides words from a search: "
                            + Wire.quote(text));
        }
    }

    /** A word that is not Latin, but whose every letter looks so. */
    private static boolean inDisguise(String word) {
        return word.codePoints().anyMatch(Character::isLetter)
                && word.codePoints().filter(Character::isLetter).allMatch(Confusables::looksLatin)
                && scripts(word).stream().allMatch(LIKE_LATIN::contains);
    }

    private static Set<UnicodeScript> scripts(String word) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        word.codePoints()
                .filter(Character::isLetter)
                .forEach(c -> scripts.add(UnicodeScript.of(c)));
        return scripts;
    }

    /** Full width, mathematical and circled letters, which Unicode says are forms of plain ones. */
    private static boolean disguisedLatin(int c) {
        return c >= 0x1d400 && c <= 0x1d7ff
                || c >= 0xff21 && c <= 0xff5a
                || c >= 0x24b6 && c <= 0x24e9
                || c >= 0x1f130 && c <= 0x1f189;
    }

    private static boolean invisible(int[] text, int at) {
        int c = text[at];
        int type = Character.getType(c);
        int before = at == 0 ? ' ' : text[at - 1];
        int after = at + 1 == text.length ? ' ' : text[at + 1];
        if (c == 0xfe0e || c == 0xfe0f) {
            return !picture(before) && "#*0123456789".indexOf(before) < 0;
        }
        if (c == 0x200c || c == 0x200d) {
            boolean letters =
                    JOINED.contains(UnicodeScript.of(before))
                            || at > 1
                                    && Character.getType(before) == Character.NON_SPACING_MARK
                                    && JOINED.contains(UnicodeScript.of(text[at - 2]));
            boolean emoji = c == 0x200d && (picture(before) || before == 0xfe0f) && picture(after);
            return !letters && !emoji;
        }
        boolean emoji = c >= 0x1f000 && c <= 0x1faff;
        return type == Character.FORMAT
                || type == Character.PRIVATE_USE
                || type == Character.UNASSIGNED && !emoji
                || type == Character.SURROGATE
                || type == Character.CONTROL && c != '\n' && c != '\t' && c != '\r'
                || c >= 0xfe00 && c <= 0xfe0d
                || c >= 0xe0100 && c <= 0xe01ef
                || c == 0x115f
                || c == 0x1160
                || c == 0x3164
                || c == 0xffa0
                || c == 0x2800
                || c == 0x034f
                || c == 0x17b4
                || c == 0x17b5;
    }

    private static boolean picture(int c) {
        return Character.getType(c) == Character.OTHER_SYMBOL
                || c >= 0x1f000 && c <= 0x1faff
                || c == 0x2194
                || c == 0x21a9
                || c == 0x203c
                || c == 0x2049
                || c == 0xa9
                || c == 0xae;
    }
}
