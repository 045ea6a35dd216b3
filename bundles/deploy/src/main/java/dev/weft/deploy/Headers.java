package dev.weft.deploy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads manifest headers of the form {@code name;attribute=value;directive:="value",name…}. */
final class Headers {
    private Headers() {}

    /** One entry of a header.
     * @param name the first path of the entry
     * @param others further paths
     * @param attributes {@code =}; a type after the name ({@code key:List<String>}) is left out
     * @param directives {@code :=} */
    record Clause(
            String name,
            List<String> others,
            Map<String, String> attributes,
            Map<String, String> directives) {
        List<String> names() {
            List<String> all = new ArrayList<>(others);
            all.add(0, name);
            return all;
        }
    }

    /** Reads a header.
     * @param header may be null
     * @throws Refusal if a quote is not closed */
    static List<Clause> parse(String header) throws Refusal {
        List<Clause> clauses = new ArrayList<>();
        if (header == null || header.isBlank()) {
            return clauses;
        }
        for (String text : split(header, ',')) {
            List<String> names = new ArrayList<>();
            Map<String, String> attributes = new TreeMap<>();
            Map<String, String> directives = new TreeMap<>();
            for (String part : split(text, ';')) {
                int equals = outsideQuotes(part, '=');
                if (equals < 0) {
                    names.add(part.strip());
                } else if (part.charAt(Math.max(0, equals - 1)) == ':') {
                    directives.put(
                            part.substring(0, equals - 1).strip(),
                            unquoted(part.substring(equals + 1)));
                } else {
                    String key = part.substring(0, equals).strip();
                    int type = key.indexOf(':');
                    attributes.put(
                            type < 0 ? key : key.substring(0, type),
                            unquoted(part.substring(equals + 1)));
                }
            }
            if (!names.isEmpty()) {
                clauses.add(
                        new Clause(
                                names.get(0),
                                names.subList(1, names.size()),
                                attributes,
                                directives));
            }
        }
        return clauses;
    }

    private static List<String> split(String text, char separator) throws Refusal {
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
        if (quoted) {
            throw new Refusal(
                    "its manifest is broken: a quote is not closed in "
                            + (text.length() > 80 ? text.substring(0, 80) + "…" : text));
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static int outsideQuotes(String part, char wanted) {
        int found = part.indexOf(wanted);
        int quote = part.indexOf('"');
        return quote >= 0 && quote < found ? -1 : found;
    }

    private static String unquoted(String value) {
        String text = value.strip();
        if (text.length() > 1 && text.startsWith("\"") && text.endsWith("\"")) {
            text = text.substring(1, text.length() - 1);
        }
        return text.replaceAll("\\\\(.)", "$1");
    }
}
