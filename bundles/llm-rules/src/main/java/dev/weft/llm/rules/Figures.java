package dev.weft.llm.rules;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Writes JSON as lines that people read: exact figures, with bytes and seconds also in larger units. */
final class Figures {
    private static final int MOST_ROWS = 40;
    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    private final StringBuilder out = new StringBuilder();
    private final Set<String> wanted;

    /** Starts with nothing.
     * @param wanted stems of the prompt: members that they name come first */
    Figures(Set<String> wanted) {
        this.wanted = wanted;
    }

    /** Adds a value.
     * @param value any JSON
     * @param indent spaces before each line
     * @return this */
    Figures add(JsonNode value, int indent) {
        if (value.isObject()) {
            members(value, indent, true);
            members(value, indent, false);
        } else if (value.isArray() && !value.isEmpty() && value.get(0).isContainerNode()) {
            rows(value, indent);
        } else {
            line(indent, scalar("", value));
        }
        return this;
    }

    /** What was written.
     * @return lines, each with its end */
    @Override
    public String toString() {
        return out.toString();
    }

    private void members(JsonNode object, int indent, boolean asked) {
        for (Map.Entry<String, JsonNode> member : object.properties()) {
            if (Words.of(member.getKey()).stream().anyMatch(wanted::contains) == asked) {
                member(member.getKey(), member.getValue(), indent);
            }
        }
    }

    private void member(String key, JsonNode value, int indent) {
        boolean nested =
                value.isObject() && !value.isEmpty()
                        || value.isArray() && !value.isEmpty() && value.get(0).isContainerNode();
        if (nested) {
            line(indent, key + ":");
            add(value, indent + 2);
        } else {
            line(indent, key + ": " + scalar(key, value));
        }
    }

    private void rows(JsonNode array, int indent) {
        int rows = 0;
        for (JsonNode row : array) {
            if (rows++ == MOST_ROWS) {
                line(indent, "… and " + (array.size() - MOST_ROWS) + " more");
                return;
            }
            if (!row.isObject()) {
                line(indent, "- " + scalar("", row));
                continue;
            }
            StringBuilder cells = new StringBuilder();
            row.properties()
                    .forEach(
                            cell ->
                                    cells.append(cells.isEmpty() ? "" : ", ")
                                            .append(cell.getKey())
                                            .append(' ')
                                            .append(scalar(cell.getKey(), cell.getValue())));
            line(indent, "- " + cells);
        }
    }

    private static String scalar(String key, JsonNode value) {
        if (value.isArray()) {
            StringBuilder list = new StringBuilder();
            value.forEach(item -> list.append(list.isEmpty() ? "" : ", ").append(scalar("", item)));
            return list.isEmpty() ? "none" : list.toString();
        }
        if (value.isNull()) {
            return "unknown";
        }
        if (value.isObject()) {
            return value.toString();
        }
        String name = key.toLowerCase(Locale.ROOT);
        if (value.isIntegralNumber() && name.contains("byte")) {
            return value.asText() + bytes(value.asLong());
        }
        if (value.isIntegralNumber() && (name.endsWith("seconds") || name.endsWith("_s"))) {
            return value.asText() + seconds(value.asLong());
        }
        return value.isNumber() ? value.decimalValue().toPlainString() : value.asText();
    }

    private static String bytes(long bytes) {
        if (Math.abs(bytes) < 1024) {
            return "";
        }
        double shown = bytes;
        int unit = -1;
        while (Math.abs(shown) >= 1024 && unit < UNITS.length - 1) {
            shown /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, " (%.1f %s)", shown, UNITS[unit]);
    }

    private static String seconds(long seconds) {
        if (seconds < 60) {
            return "";
        }
        long minutes = seconds / 60;
        return minutes < 60
                ? " (" + minutes + " min)"
                : minutes < 1440
                        ? " (" + minutes / 60 + " h " + minutes % 60 + " min)"
                        : " (" + minutes / 1440 + " d " + minutes / 60 % 24 + " h)";
    }

    private void line(int indent, String text) {
        String margin = " ".repeat(indent);
        text.lines().forEach(line -> out.append(margin).append(line).append('\n'));
    }
}
