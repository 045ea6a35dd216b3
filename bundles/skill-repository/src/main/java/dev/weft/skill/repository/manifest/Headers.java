package dev.weft.skill.repository.manifest;

import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads manifest headers of the form {@code name;attribute=value;directive:="value",name…}; the time is in step with their length. */
public final class Headers {
    private static final int SHOWN = 80;

    private Headers() {}

    /** One entry of a header.
     * @param names its paths, at least one
     * @param attributes {@code =}; a type after the name ({@code key:List<String>}) is left out
     * @param directives {@code :=} */
    public record Clause(
            List<String> names, Map<String, String> attributes, Map<String, String> directives) {
        /** Whether one of its paths is this.
         * @param name a path
         * @return true if so */
        public boolean named(String name) {
            return names.contains(name);
        }
    }

    /** Reads a header.
     * @param header may be null
     * @return its entries, in order
     * @throws IllegalArgumentException if it is broken; the message quotes where */
    public static List<Clause> parse(String header) {
        List<Clause> clauses = new ArrayList<>();
        if (header == null || header.isBlank()) {
            return clauses;
        }
        for (String text : split(header, ',')) {
            Clause clause =
                    new Clause(new ArrayList<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
            for (String part : split(text, ';')) {
                add(clause, part);
            }
            check(!clause.names().isEmpty(), "nothing is named in ", text);
            clauses.add(clause);
        }
        return clauses;
    }

    private static void add(Clause clause, String part) {
        int equals = part.indexOf('=');
        String key = (equals < 0 ? part : part.substring(0, equals)).strip();
        check(!key.isEmpty() && key.indexOf('"') < 0, "a name is missing or quoted in ", part);
        if (equals < 0) {
            clause.names().add(key);
        } else if (key.endsWith(":")) {
            clause.directives()
                    .put(key.substring(0, key.length() - 1).strip(), value(part, equals));
        } else {
            int type = key.indexOf(':');
            clause.attributes()
                    .put(type < 0 ? key : key.substring(0, type).strip(), value(part, equals));
        }
    }

    private static String value(String part, int equals) {
        String text = part.substring(equals + 1).strip();
        if (!text.startsWith("\"")) {
            check(text.indexOf('"') < 0, "a quote begins within a value in ", part);
            return text;
        }
        StringBuilder value = new StringBuilder();
        int at = 1;
        for (; text.charAt(at) != '"'; at++) { // ends: the quotes of each part are closed
            if (text.charAt(at) == '\\') {
                at++;
            }
            value.append(text.charAt(at));
        }
        check(at == text.length() - 1, "something follows a quote in ", part);
        return value.toString();
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        check(!quoted, "a quote is not closed in ", text);
        parts.add(text.substring(start));
        return parts;
    }

    private static void check(boolean good, String otherwise, String text) {
        if (!good) {
            throw new IllegalArgumentException(
                    otherwise
                            + Wire.quote(
                                    text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text));
        }
    }
}
