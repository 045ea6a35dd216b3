package dev.weft.http.api;

import java.net.InetAddress;
import java.util.Optional;

/** A range of addresses, as {@code 10.1.0.0/16}, {@code fd00::/8} or one address. */
record Network(InetAddress base, int bits) {
    /** Reads a range.
     * @param text what is configured
     * @return empty if it is none; names are never looked up */
    static Optional<Network> of(String text) {
        int slash = text.indexOf('/');
        InetAddress base = Addresses.parse(slash < 0 ? text : text.substring(0, slash));
        if (base == null) {
            return Optional.empty();
        }
        int all = base.getAddress().length * 8;
        String bits = slash < 0 ? String.valueOf(all) : text.substring(slash + 1);
        return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= all
                ? Optional.of(new Network(base, Integer.parseInt(bits)))
                : Optional.empty();
    }

    boolean contains(InetAddress address) {
        byte[] ours = base.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % 8;
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }
}
