package dev.weft.skill.net;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/**
 * A range of addresses.
 *
 * @param address its first address, 4 or 16 bytes
 * @param bits how many leading bits all of its addresses share
 */
public record Cidr(byte[] address, int bits) {
    private static final Pattern SHAPE = Pattern.compile("[0-9a-fA-F:.]+/\\d{1,3}");

    /** Reads {@code 10.0.0.0/8} or {@code fc00::/7}.
     * @param text the range
     * @return the range
     * @throws IllegalArgumentException if it is neither */
    public static Cidr of(String text) {
        String trimmed = text.trim();
        try {
            if (SHAPE.matcher(trimmed).matches()
                    && (trimmed.indexOf(':') >= 0 || trimmed.matches("\\d+(\\.\\d+){3}/\\d+"))) {
                int slash = trimmed.indexOf('/');
                byte[] address =
                        InetAddress.getByName(trimmed.substring(0, slash))
                                .getAddress(); // digits only: nothing is looked up
                int bits = Integer.parseInt(trimmed.substring(slash + 1));
                if (bits <= 8 * address.length) {
                    return new Cidr(address, bits);
                }
            }
        } catch (UnknownHostException malformed) {
            // told below
        }
        throw new IllegalArgumentException(
                "not a range of addresses such as 10.0.0.0/8 or fc00::/7: \"" + text + "\"");
    }

    /** Tells whether an address is in the range.
     * @param other 4 or 16 bytes
     * @return true if it is */
    public boolean contains(byte[] other) {
        if (other.length != address.length) {
            return false;
        }
        for (int i = 0; i < bits; i++) {
            if (((address[i / 8] ^ other[i / 8]) >> (7 - i % 8) & 1) != 0) {
                return false;
            }
        }
        return true;
    }
}
