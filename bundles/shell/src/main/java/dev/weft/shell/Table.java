package dev.weft.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Text in aligned columns. */
final class Table {
    // what peers say of themselves must not move the cursor of whoever reads it
    private static final Pattern UNPRINTABLE =
            Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");
    private static final int WIDEST = 60;

    private final List<String[]> rows = new ArrayList<>();

    Table(String... heads) {
        rows.add(heads);
    }

    void row(Object... cells) {
        String[] texts = new String[cells.length];
        for (int i = 0; i < cells.length; i++) {
            texts[i] = printable(String.valueOf(cells[i]));
        }
        rows.add(texts);
    }

    boolean isEmpty() {
        return rows.size() == 1;
    }

    static String printable(String text) {
        String safe =
                UNPRINTABLE
                        .matcher(
                                text.length() > WIDEST ? text.substring(0, WIDEST - 1) + "…" : text)
                        .replaceAll("?");
        return safe.isEmpty() ? "-" : safe;
    }

    @Override
    public String toString() {
        int[] widths = new int[rows.get(0).length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
            }
            text.append(text.isEmpty() ? "" : "\n").append(line.toString().stripTrailing());
        }
        return text.toString();
    }
}
