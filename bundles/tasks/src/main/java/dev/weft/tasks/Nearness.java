package dev.weft.tasks;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says what may have been meant by a name that nothing has. */
final class Nearness {
    private static final int MAX_NAMES = 10;

    private Nearness() {}

    static String advice(
            List<SkillRef> readings, Collection<String> here, Collection<String> elsewhere) {
        TreeSet<String> all = new TreeSet<>(here);
        all.addAll(elsewhere);
        String near =
                all.stream()
                        .filter(
                                id ->
                                        readings.stream()
                                                .anyMatch(reading -> near(reading.skill(), id)))
                        .limit(3)
                        .collect(Collectors.joining(" or "));
        String meant = near.isEmpty() ? "" : " Did you mean " + near + "?";
        String available =
                all.isEmpty()
                        ? "No skill is installed."
                        : "Available: "
                                + all.stream().limit(MAX_NAMES).collect(Collectors.joining(", "))
                                + (all.size() > MAX_NAMES ? ", …" : "")
                                + ".";
        return "no host offers the skill " + readings.get(0) + "." + meant + " " + available;
    }

    private static boolean near(String wanted, String id) {
        return id.contains(wanted)
                || wanted.contains(id)
                || distance(wanted, id) <= Math.max(1, wanted.length() / 3);
    }

    /** Edits from one name to the other (Levenshtein). */
    static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int swap = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(swap, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[b.length()];
    }
}
