package dev.weft.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads the types in descriptors and generic signatures of class files. */
final class Signatures {
    private static final Map<String, String> PLAIN =
            Map.ofEntries(
                    Map.entry("Z", "boolean"),
                    Map.entry("B", "integer"),
                    Map.entry("S", "integer"),
                    Map.entry("I", "integer"),
                    Map.entry("J", "integer"),
                    Map.entry("F", "number"),
                    Map.entry("D", "number"),
                    Map.entry("C", "string"),
                    Map.entry("Ljava/lang/Boolean;", "boolean"),
                    Map.entry("Ljava/lang/Integer;", "integer"),
                    Map.entry("Ljava/lang/Long;", "integer"),
                    Map.entry("Ljava/lang/Short;", "integer"),
                    Map.entry("Ljava/math/BigInteger;", "integer"),
                    Map.entry("Ljava/lang/Double;", "number"),
                    Map.entry("Ljava/lang/Float;", "number"),
                    Map.entry("Ljava/math/BigDecimal;", "number"),
                    Map.entry("Ljava/lang/String;", "string"),
                    Map.entry("Ljava/util/OptionalInt;", "integer"),
                    Map.entry("Ljava/util/OptionalLong;", "integer"),
                    Map.entry("Ljava/util/OptionalDouble;", "number"));

    private Signatures() {}

    /** The types of a method's parameters. */
    static List<String> parameters(String method) {
        List<String> types = new ArrayList<>();
        int at = method.indexOf('(') + 1;
        while (method.charAt(at) != ')') {
            int end = end(method, at);
            types.add(method.substring(at, end));
            at = end;
        }
        return types;
    }

    /** Where the type ends that begins somewhere. */
    private static int end(String text, int from) {
        int at = from;
        while (text.charAt(at) == '[') {
            at++;
        }
        if (text.charAt(at) != 'L' && text.charAt(at) != 'T') {
            return at + 1;
        }
        for (int depth = 0; ; at++) {
            char c = text.charAt(at);
            depth += c == '<' ? 1 : c == '>' ? -1 : 0;
            if (c == ';' && depth == 0) {
                return at + 1;
            }
        }
    }

    /** The last type argument.
     * @return "" if there is none */
    static String argument(String type) {
        int open = type.indexOf('<');
        if (open < 0) {
            return "";
        }
        String last = "";
        for (int at = open + 1; at < type.length() && type.charAt(at) != '>'; ) {
            while ("+-*".indexOf(type.charAt(at)) >= 0) {
                at++;
            }
            if (type.charAt(at) == '>') {
                break;
            }
            int end = end(type, at);
            last = type.substring(at, end);
            at = end;
        }
        return last;
    }

    /** The class that a type is of, with slashes. */
    static String name(String type) {
        String plain = type.replaceFirst("<.*", "").replaceFirst(";$", "");
        return plain.startsWith("L") ? plain.substring(1) : plain;
    }

    /** The JSON type; "" if it is an object of a class. */
    static String json(String type) {
        if (type.startsWith("[")) {
            return "array";
        }
        String name = name(type);
        if (name.matches("java/util/(List|Set|Collection|SortedSet)")
                && !argument(type).isEmpty()) {
            return "array";
        }
        if (name.equals("java/util/Map") || name.startsWith("com/fasterxml/jackson/")) {
            return "object";
        }
        return name.startsWith("java/time/")
                        || name.matches("java/(net/UR[IL]|nio/file/Path|util/UUID)")
                ? "string"
                : PLAIN.getOrDefault(type, "");
    }
}
