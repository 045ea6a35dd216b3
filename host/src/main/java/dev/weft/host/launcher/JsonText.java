package dev.weft.host.launcher;

import java.util.Collection;
import java.util.Map;

/**
 * Writes maps, lists, texts, numbers and booleans as JSON (RFC 8259). The launcher keeps off Jackson, which the bundles load
 * again in their own class space: twice would cost a start a quarter of a second.
 */
final class JsonText {
    private JsonText() {}

    static String of(Object value) {
        StringBuilder text = new StringBuilder();
        write(text, value);
        return text.toString();
    }

    private static void write(StringBuilder text, Object value) {
        if (value instanceof Map<?, ?> map) {
            text.append('{');
            map.forEach(
                    (key, member) -> {
                        comma(text, '{');
                        quote(text, key.toString());
                        text.append(':');
                        write(text, member);
                    });
            text.append('}');
        } else if (value instanceof Collection<?> list) {
            text.append('[');
            list.forEach(
                    item -> {
                        comma(text, '[');
                        write(text, item);
                    });
            text.append(']');
        } else if (value instanceof Number || value instanceof Boolean) {
            text.append(value);
        } else {
            quote(text, String.valueOf(value));
        }
    }

    private static void comma(StringBuilder text, char opening) {
        if (text.charAt(text.length() - 1) != opening) {
            text.append(',');
        }
    }

    private static void quote(StringBuilder text, String value) {
        text.append('"');
        value.chars()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                text.append('\\').append((char) c);
                            } else if (c < 0x20) {
                                text.append(String.format("\\u%04x", c));
                            } else {
                                text.append((char) c);
                            }
                        });
        text.append('"');
    }
}
