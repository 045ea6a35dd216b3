package dev.weft.skill.net;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** URLs of the web: what counts as one, and where a redirect leads. Stateless. */
public final class WebAddress {
    private static final int MOST = 4000;

    private WebAddress() {}

    /** Where a redirect leads.
     * @param at where it came from
     * @param location what the server said
     * @return the URL
     * @throws IOException if it leads to no URL */
    public static URI follow(URI at, String location) throws IOException {
        return parse(resolve(at, location));
    }

    private static String resolve(URI at, String location) throws IOException {
        try {
            return at.resolve(
                            new URI(
                                    (location.startsWith("?") ? at.getRawPath() : "")
                                            + location.replace(" ", "%20")))
                    .toString();
        } catch (URISyntaxException e) {
            throw new IOException(at + " redirects to something that is no URL", e);
        }
    }

    /** Reads a URL.
     * @param text with http:// or https://
     * @return the URL, in ASCII
     * @throws IllegalArgumentException if it is none, or not for HTTP */
    public static URI parse(String text) {
        if (text.length() > MOST) {
            throw new IllegalArgumentException("a URL may have " + MOST + " characters");
        }
        try {
            URI url = new URI(new URI(text.strip().replace(" ", "%20")).toASCIIString());
            String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
            if (!scheme.equals("http") && !scheme.equals("https")) {
                throw new IllegalArgumentException(
                        "only http and https can be fetched, got \"" + text + "\"");
            }
            if (url.getHost() == null
                    || url.getUserInfo() != null
                    || url.getPort() == 0
                    || url.getPort() > 65535) {
                throw new IllegalArgumentException(
                        "a URL needs a host and must not carry a user name, got \"" + text + "\"");
            }
            return new URI(scheme + url.toString().substring(scheme.length()));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a URL: " + e.getMessage(), e);
        }
    }
}
