package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Hidden;
import dev.weft.protocol.Wire;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Prints tables, documents and times. What others wrote cannot move the cursor, change colours or turn text round. */
final class Output {
    private final PrintWriter out;

    Output(PrintWriter out) {
        this.out = out;
    }

    /** One JSON document on one line. */
    void json(JsonNode document) {
        out.println(escaped(Wire.write((Object) document)));
        out.flush();
    }

    /** The same JSON: what is unprintable can only stand within its strings. */
    private static String escaped(String json) {
        return Hidden.IN_TEXT
                .matcher(json)
                .replaceAll(
                        found -> {
                            StringBuilder text = new StringBuilder();
                            for (char c : found.group().toCharArray()) {
                                text.append(String.format("\\\\u%04x", (int) c));
                            }
                            return text.toString();
                        });
    }

    /** A text that a terminal shows as it is. */
    static String printable(String text) {
        return Hidden.IN_TEXT.matcher(text).replaceAll("?");
    }

    /** A document for people: text as it is, anything else indented. */
    void document(JsonNode document) {
        out.println(
                document.isTextual()
                        ? printable(document.asText())
                        : escaped(document.toPrettyString()));
        out.flush();
    }

    void line(String text) {
        out.println(printable(text));
        out.flush();
    }

    /** A piece of a line. */
    void text(String piece) {
        out.print(printable(piece));
        out.flush();
    }

    /** Aligned columns, or one line that says why there is nothing. */
    void table(List<String> head, List<List<String>> rows, String empty) {
        if (rows.isEmpty()) {
            line(empty);
            return;
        }
        List<List<String>> all = new ArrayList<>();
        all.add(head);
        all.addAll(rows);
        int[] widths = new int[head.size()];
        all.forEach(
                row -> {
                    for (int i = 0; i < row.size(); i++) {
                        widths[i] = Math.max(widths[i], row.get(i).length());
                    }
                });
        all.forEach(
                row -> {
                    StringBuilder text = new StringBuilder();
                    for (int i = 0; i < row.size(); i++) {
                        text.append(row.get(i));
                        if (i < row.size() - 1) {
                            text.append(" ".repeat(widths[i] - row.get(i).length() + 2));
                        }
                    }
                    out.println(printable(text.toString()));
                });
        out.flush();
    }

    /** At most 80 characters of a text, on one line. */
    static String brief(String text) {
        String line = text.replaceAll("\\s+", " ").strip();
        return line.length() > 80 ? line.substring(0, 79) + "…" : line;
    }

    /** How long ago, in the largest unit that fits. */
    static String ago(double epochSeconds) {
        long seconds =
                Math.max(
                        0,
                        Duration.between(
                                        Instant.ofEpochMilli((long) (epochSeconds * 1000)),
                                        Instant.now())
                                .toSeconds());
        return seconds < 120
                ? seconds + " s"
                : seconds < 7200
                        ? seconds / 60 + " min"
                        : seconds < 172800 ? seconds / 3600 + " h" : seconds / 86400 + " d";
    }
}
