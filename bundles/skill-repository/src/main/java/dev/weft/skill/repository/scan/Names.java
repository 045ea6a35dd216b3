package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Ids and titles that are easily taken for others. */
final class Names {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final int SHORT = 4;
    private static final int LONG = 9;

    private Names() {}

    /** Whether an id or title is not what it looks like.
     * @param known ids that people know; the same id is no finding */
    static void check(String id, String title, Set<String> known, Findings findings) {
        if (!ID.matcher(id).matches()) {
            findings.high(
                    "bad-id",
                    Wire.quote(id) + " is no id: 1 to 64 characters [a-z0-9][a-z0-9._-]*");
        }
        if (known.contains(id)) {
            return;
        }
        for (String other : known) {
            if (near(id, other)) {
                findings.high("near-name", Wire.quote(id) + " is easily taken for " + other);
            }
            String plain = title.strip().toLowerCase(Locale.ROOT);
            if (!plain.equals(other) && joined(plain).equals(joined(other))) {
                findings.high(
                        "near-name",
                        "the title " + Wire.quote(title) + " is easily taken for " + other);
            }
        }
    }

    private static boolean near(String id, String other) {
        String a = joined(id);
        String b = joined(other);
        int shorter = Math.min(a.length(), b.length());
        int edits = shorter <= SHORT ? 0 : shorter < LONG ? 1 : 2;
        return a.equals(b)
                || distance(a, b) <= edits
                || shorter > SHORT && sameWords(id, other)
                || shorter > SHORT && (a.equals(b + "s") || b.equals(a + "s"));
    }

    /** Without what the eye skips, and with what it confuses made one. */
    static String joined(String name) {
        return Confusables.skeleton(name).replaceAll("[ ._-]", "");
    }

    /** The words of one in another order. */
    private static boolean sameWords(String a, String b) {
        String[] first = a.split("[._-]");
        String[] second = b.split("[._-]");
        Arrays.sort(first);
        Arrays.sort(second);
        return first.length > 1 && Arrays.equals(first, second);
    }

    /** Letters put in, left out, changed, or turned round (Damerau and Levenshtein, restricted). */
    static int distance(String a, String b) {
        int[][] cost = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = a.charAt(i - 1) == b.charAt(j - 1);
                cost[i][j] =
                        Math.min(
                                Math.min(cost[i - 1][j] + 1, cost[i][j - 1] + 1),
                                cost[i - 1][j - 1] + (same ? 0 : 1));
                if (i > 1
                        && j > 1
                        && a.charAt(i - 1) == b.charAt(j - 2)
                        && a.charAt(i - 2) == b.charAt(j - 1)) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[a.length()][b.length()];
    }
}
