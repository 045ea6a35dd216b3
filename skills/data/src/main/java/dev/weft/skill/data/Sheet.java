package dev.weft.skill.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.StringReader;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.h2.tools.Csv;

/**
 * What a file holds, as texts.
 *
 * @param table its name without the ending
 * @param columns names, no two alike
 * @param rows as long as columns each; null where there is nothing
 */
record Sheet(String table, List<String> columns, List<String[]> rows) {
    static final int MOST_ROWS = 500_000;
    private static final int MOST_COLUMNS = 1000;
    private static final ObjectReader READER = new JsonMapper().readerFor(JsonNode.class);

    /** Reads a file.
     * @param name of the file
     * @param text what it says
     * @throws IllegalArgumentException if it is no table; says why */
    static Sheet of(String name, String text) {
        int dot = name.lastIndexOf('.');
        String table = dot > 0 ? name.substring(0, dot) : name;
        String body = text.startsWith("\uFEFF") ? text.substring(1) : text;
        try {
            return switch (name.substring(dot + 1).toLowerCase(Locale.ROOT)) {
                case "csv" -> csv(table, body, ',');
                case "tsv" -> csv(table, body, '\t');
                case "json", "jsonl" -> json(table, name, body);
                default ->
                        throw new IllegalArgumentException(
                                name + " is no table: files end in .csv, .tsv, .json or .jsonl");
            };
        } catch (SQLException | IOException e) {
            String why =
                    e instanceof JsonProcessingException json
                            ? json.getOriginalMessage()
                                    + (json.getLocation() == null
                                            ? ""
                                            : " in line " + json.getLocation().getLineNr())
                            : e.getMessage();
            throw new IllegalArgumentException(name + " cannot be read as a table: " + why, e);
        }
    }

    private static Sheet csv(String table, String text, char separator)
            throws SQLException, IOException {
        Csv csv = new Csv();
        csv.setFieldSeparatorRead(separator);
        csv.setCaseSensitiveColumnNames(true);
        csv.setPreserveWhitespace(false);
        try (ResultSet lines = csv.read(new StringReader(text), null)) {
            int width = lines.getMetaData().getColumnCount();
            List<String> names = new ArrayList<>();
            for (int i = 1; i <= width; i++) {
                names.add(lines.getMetaData().getColumnLabel(i));
            }
            List<String> columns = unlike(table, names);
            List<String[]> rows = new ArrayList<>();
            while (lines.next()) {
                String[] row = new String[width];
                for (int i = 0; i < width; i++) {
                    row[i] = lines.getString(i + 1);
                }
                add(table, rows, row);
            }
            return new Sheet(table, columns, rows);
        }
    }

    private static Sheet json(String table, String name, String text) throws IOException {
        List<JsonNode> objects = new ArrayList<>();
        try (MappingIterator<JsonNode> values = READER.readValues(text)) {
            while (values.hasNextValue()) {
                JsonNode value = values.nextValue();
                if (!value.isObject()) {
                    throw new IllegalArgumentException(
                            name + " must be an array of objects, or an object a line");
                }
                objects.add(value);
            }
        }
        Map<String, Integer> places = new LinkedHashMap<>();
        objects.forEach(
                object ->
                        object.fieldNames()
                                .forEachRemaining(key -> places.putIfAbsent(key, places.size())));
        List<String> columns = unlike(table, List.copyOf(places.keySet()));
        List<String[]> rows = new ArrayList<>();
        for (JsonNode object : objects) {
            String[] row = new String[columns.size()];
            object.properties()
                    .forEach(member -> row[places.get(member.getKey())] = text(member.getValue()));
            add(table, rows, row);
        }
        return new Sheet(table, columns, rows);
    }

    private static String text(JsonNode value) {
        return value.isNull() ? null : value.isValueNode() ? value.asText() : value.toString();
    }

    private static void add(String table, List<String[]> rows, String[] row) {
        if (rows.size() >= MOST_ROWS) {
            throw new IllegalArgumentException(table + " has more than " + MOST_ROWS + " rows");
        }
        rows.add(row);
    }

    /** Letter case does not count in SQL, and a name must not be empty. */
    private static List<String> unlike(String table, List<String> names) {
        if (names.isEmpty() || names.size() > MOST_COLUMNS) {
            throw new IllegalArgumentException(
                    table + " has " + names.size() + " columns; 1 to " + MOST_COLUMNS + " can be");
        }
        Set<String> taken = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        List<String> columns = new ArrayList<>();
        for (String name : names) {
            String base =
                    name == null || name.isBlank() ? "c" + (columns.size() + 1) : name.strip();
            String free = base.substring(0, Math.min(200, base.length()));
            for (int i = 2; !taken.add(free); i++) {
                free = base + "_" + i;
            }
            columns.add(free);
        }
        return columns;
    }
}
