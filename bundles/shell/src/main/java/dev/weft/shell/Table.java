package dev.weft.shell;

import dev.weft.protocol.Hidden;
import java.util.ArrayList;
import java.util.List;

/** Text in aligned columns. */
final class Table {
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

    /** What peers say of themselves must not move the cursor of whoever reads it. */
    static String printable(String text) {
        String safe = visible(text.length() > WIDEST ? text.substring(0, WIDEST - 1) + "…" : text);
        return safe.isEmpty() ? "-" : safe;
    }

    /** A line of any length that moves no cursor. */
    static String visible(String line) {
        return Hidden.IN_LINE.matcher(line.replace("\t", "    ")).replaceAll("?");
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
