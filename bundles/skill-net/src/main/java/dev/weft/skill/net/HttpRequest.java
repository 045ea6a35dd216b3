package dev.weft.skill.net;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What is asked of a server.
 *
 * @param method such as {@code GET}
 * @param url http or https, as {@link WebAddress} made it
 * @param headers further headers; those that the client itself sends cannot be set
 * @param body empty for none
 */
public record HttpRequest(String method, URI url, Map<String, String> headers, byte[] body) {
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\xa0-\\xff]{0,8000}");
    private static final Set<String> OWN =
            Set.of(
                    "host",
                    "connection",
                    "content-length",
                    "transfer-encoding",
                    "accept-encoding",
                    "upgrade",
                    "te",
                    "expect");

    /** Checks that no part can break out of its line.
     * @throws IllegalArgumentException if one could, or sets what the client itself sends */
    public HttpRequest {
        if (!TOKEN.matcher(method).matches()) {
            throw new IllegalArgumentException("\"" + method + "\" is no method");
        }
        headers = Map.copyOf(headers);
        headers.forEach(
                (name, value) -> {
                    if (!TOKEN.matcher(name).matches() || !VALUE.matcher(value).matches()) {
                        throw new IllegalArgumentException(
                                "header \"" + name.replaceAll("[^ -~]", "?") + "\" is malformed");
                    }
                    if (OWN.contains(name.toLowerCase(Locale.ROOT))) {
                        throw new IllegalArgumentException(
                                "header " + name + " cannot be set: the client sends its own");
                    }
                });
    }

    /** The request line and the headers, up to the empty line. */
    String head() {
        String raw =
                url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        String host = url.getHost().startsWith("[") ? url.getHost() : Dial.host(url);
        StringBuilder head = new StringBuilder(method).append(' ').append(raw);
        if (url.getRawQuery() != null) {
            head.append('?').append(url.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(host);
        if (url.getPort() >= 0) {
            head.append(':').append(url.getPort());
        }
        head.append("\r\n");
        if (headers.keySet().stream().noneMatch("user-agent"::equalsIgnoreCase)) {
            head.append("User-Agent: Weft\r\n");
        }
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        if (body.length > 0 || method.equals("POST") || method.equals("PUT")) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return head.append("Accept-Encoding: gzip\r\nConnection: close\r\n\r\n").toString();
    }
}
