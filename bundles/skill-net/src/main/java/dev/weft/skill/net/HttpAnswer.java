package dev.weft.skill.net;

import java.util.Locale;
import java.util.Map;

/**
 * What a server answered.
 *
 * @param status HTTP status
 * @param headers names in lower case; of several with one name, the first
 * @param body decoded; at most as much as may be read
 * @param truncated whether there was more
 */
public record HttpAnswer(int status, Map<String, String> headers, byte[] body, boolean truncated) {
    /** One header.
     * @param name in any case
     * @return "" if it is absent */
    public String header(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
    }

    /** Whether it sends the client elsewhere.
     * @return true if it says where */
    public boolean isRedirect() {
        return (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
                && !header("location").isEmpty();
    }
}
