package dev.weft.skill.http;

import dev.weft.skill.net.WebAddress;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Which origin gets which token. A token never shows in an error or a result. */
final class Tokens {
    private final Map<String, String> byOrigin;

    private Tokens(Map<String, String> byOrigin) {
        this.byOrigin = byOrigin;
    }

    /** Reads lines {@code origin=token}.
     * @throws IllegalArgumentException if one is none; does not repeat it */
    static Tokens of(String[] lines) {
        Map<String, String> all = new LinkedHashMap<>();
        for (int i = 0; i < lines.length; i++) {
            int equals = lines[i].indexOf('=');
            if (lines[i].isBlank()) {
                continue;
            }
            if (equals < 1 || equals == lines[i].length() - 1) {
                throw new IllegalArgumentException(
                        "tokens in dev.weft.skill.http: entry "
                                + (i + 1)
                                + " is not https://host=TOKEN");
            }
            URI origin = WebAddress.parse(lines[i].substring(0, equals));
            all.put(origin(origin), lines[i].substring(equals + 1).strip());
        }
        return new Tokens(all);
    }

    /** The headers for one hop. What the caller sent for one origin is not for another.
     * @param headers of the caller
     * @param at where this hop goes
     * @param start where the caller sent them */
    Map<String, String> with(Map<String, String> headers, URI at, URI start) {
        Map<String, String> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        all.putAll(headers);
        if (!origin(at).equals(origin(start))) {
            all.remove("Authorization");
            all.remove("Cookie");
        }
        String token = byOrigin.get(origin(at));
        if (token != null) {
            all.putIfAbsent("Authorization", "Bearer " + token);
        }
        return all;
    }

    private static String origin(URI url) {
        int port = url.getPort() >= 0 ? url.getPort() : url.getScheme().equals("https") ? 443 : 80;
        return url.getScheme()
                + "://"
                + url.getHost().toLowerCase(java.util.Locale.ROOT)
                + ":"
                + port;
    }
}
