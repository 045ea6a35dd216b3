package dev.weft.skill.repository.scan;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Clauses of a manifest header. */
final class Headers {
    private static final String QUOTED = "\"(?:[^\"\\\\]|\\\\.)*+\"";
    private static final Pattern PART =
            Pattern.compile(
                    "\\s*(?:([^;,=\"]+?)\\s*(:?=)\\s*("
                            + QUOTED
                            + "|[^;,\"]*)|([^;,=\"]+))\\s*([;,]|$)");

    private Headers() {}

    /**
     * A clause.
     *
     * @param names paths
     * @param attributes and directives (with {@code :} behind their name)
     */
    record Clause(List<String> names, Map<String, String> attributes) {
        boolean named(String name) {
            return names.contains(name);
        }
    }

    static List<Clause> parse(String header) throws NotScanned {
        List<Clause> clauses = new ArrayList<>();
        if (header == null || header.isBlank()) {
            return clauses;
        }
        Matcher part = PART.matcher(header);
        Clause clause = new Clause(new ArrayList<>(), new LinkedHashMap<>());
        int at = 0;
        while (at < header.length()) {
            if (!part.find(at) || part.start() != at || part.end() == at) {
                throw new NotScanned("a header of the manifest is broken near character " + at);
            }
            if (part.group(4) != null) {
                clause.names().add(part.group(4).strip());
            } else {
                String key = part.group(1).strip();
                int type = key.indexOf(':');
                String name = type < 0 ? key : key.substring(0, type);
                clause.attributes()
                        .put(part.group(2).equals(":=") ? name + ":" : name, plain(part.group(3)));
            }
            if (!part.group(5).equals(";")) {
                clauses.add(clause);
                clause = new Clause(new ArrayList<>(), new LinkedHashMap<>());
            }
            at = part.end();
        }
        return clauses;
    }

    private static String plain(String value) {
        String text = value.strip();
        return text.startsWith("\"")
                ? text.substring(1, text.length() - 1).replaceAll("\\\\(.)", "$1")
                : text;
    }
}
