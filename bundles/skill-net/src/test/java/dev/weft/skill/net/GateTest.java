package dev.weft.skill.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateTest {
    private final Gate gate = new Gate(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "10.255.255.255",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.8.8.8",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "192.168.255.255",
                "192.0.0.8",
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "::7f00:1",
                "::ffff:127.0.0.1",
                "::ffff:10.1.1.1",
                "fc00::1",
                "fd12:3456::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::",
                "2001::1",
                "2001:db8::1",
                "100::1"
            })
    void what_is_not_public_is_forbidden(String address) throws Exception {
        assertFalse(gate.permits(InetAddress.getByName(address)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.1.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "223.255.255.255",
                "2606:4700::1111",
                "2a00:1450::1",
                "64:ff9b::808:808",
                "2002:808:808::1",
                "::ffff:8.8.8.8"
            })
    void what_is_public_is_open(String address) throws Exception {
        assertTrue(gate.permits(InetAddress.getByName(address)));
    }

    @Test
    void an_operator_can_open_a_range_and_no_more() throws Exception {
        Gate open = new Gate(List.of(Cidr.of("192.168.1.0/24"), Cidr.of("fd00::/8")));
        assertTrue(open.permits(InetAddress.getByName("192.168.1.77")));
        assertTrue(open.permits(InetAddress.getByName("::ffff:192.168.1.77")));
        assertFalse(open.permits(InetAddress.getByName("192.168.2.1")));
        assertTrue(open.permits(InetAddress.getByName("fd00::5")));
        assertFalse(open.permits(InetAddress.getByName("fc00::5")));
        assertTrue(open.permits(InetAddress.getByName("8.8.8.8")));
    }

    @Test
    void ranges_are_read_strictly() {
        assertEquals(7, Cidr.of(" fc00::/7 ").bits());
        assertEquals(0, Cidr.of("0.0.0.0/0").bits());
        for (String bad :
                List.of(
                        "",
                        "10.0.0.0",
                        "10.0.0.0/33",
                        "::/129",
                        "10.0.0/8",
                        "example.org/8",
                        "10.0.0.0/-1",
                        "1.2.3.4.5/8",
                        "300.1.1.1/8",
                        "a/8")) {
            assertThrows(IllegalArgumentException.class, () -> Cidr.of(bad), bad);
        }
    }
}
