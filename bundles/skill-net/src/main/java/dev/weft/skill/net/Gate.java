package dev.weft.skill.net;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Tells public addresses from those behind the fence: this machine, its network, and what is no place on the Internet at all. */
public final class Gate {
    private static final List<Cidr> FORBIDDEN =
            Stream.of(
                            "0.0.0.0/8",
                            "10.0.0.0/8",
                            "100.64.0.0/10",
                            "127.0.0.0/8",
                            "169.254.0.0/16",
                            "172.16.0.0/12",
                            "192.0.0.0/24",
                            "192.0.2.0/24",
                            "192.88.99.0/24",
                            "192.168.0.0/16",
                            "198.18.0.0/15",
                            "198.51.100.0/24",
                            "203.0.113.0/24",
                            "224.0.0.0/3",
                            "::/96",
                            "64:ff9b:1::/48",
                            "100::/64",
                            "2001::/23",
                            "2001:db8::/32",
                            "3fff::/20",
                            "5f00::/16",
                            "fc00::/7",
                            "fe80::/9",
                            "ff00::/8")
                    .map(Cidr::of)
                    .toList();
    private static final Cidr NAT64 = Cidr.of("64:ff9b::/96");
    private static final Cidr SIX_TO_FOUR = Cidr.of("2002::/16");

    private final List<Cidr> allowed;

    /** Makes a gate.
     * @param allowed ranges that are open in spite of all */
    public Gate(List<Cidr> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** Reads ranges as a configuration has them.
     * @param ranges such as {@code 192.168.1.0/24}; blank ones are left out
     * @return a gate that is open for them
     * @throws IllegalArgumentException if one is no range */
    public static Gate open(String[] ranges) {
        return new Gate(
                Arrays.stream(ranges).filter(range -> !range.isBlank()).map(Cidr::of).toList());
    }

    /** Tells whether an address is open.
     * @param address any
     * @return true if it is */
    public boolean permits(InetAddress address) {
        byte[] bytes = unwrap(address.getAddress());
        return allowed.stream().anyMatch(range -> range.contains(bytes))
                || FORBIDDEN.stream().noneMatch(range -> range.contains(bytes));
    }

    /** An IPv4 address can hide in an IPv6 address; what is meant is what counts. */
    private static byte[] unwrap(byte[] bytes) {
        if (bytes.length == 16) {
            byte[] head = Arrays.copyOf(bytes, 12);
            byte[] mapped = new byte[12];
            mapped[10] = mapped[11] = (byte) 0xff;
            if (Arrays.equals(head, mapped) || NAT64.contains(bytes)) {
                return Arrays.copyOfRange(bytes, 12, 16);
            }
            if (SIX_TO_FOUR.contains(bytes)) {
                return Arrays.copyOfRange(bytes, 2, 6);
            }
        }
        return bytes;
    }
}
