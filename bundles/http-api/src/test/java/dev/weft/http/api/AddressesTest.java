package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class AddressesTest {
    private static HttpServletRequest from(String remote, String... forwarded) {
        return (HttpServletRequest)
                Proxy.newProxyInstance(
                        AddressesTest.class.getClassLoader(),
                        new Class<?>[] {HttpServletRequest.class},
                        (proxy, method, arguments) ->
                                method.getName().equals("getRemoteAddr")
                                        ? remote
                                        : Collections.enumeration(List.of(forwarded)));
    }

    /** Reference defect 31. */
    @Test
    void only_a_trusted_proxy_says_who_calls() {
        Addresses none = new Addresses(false);
        assertEquals("198.51.100.7", none.of(from("198.51.100.7", "203.0.113.9")));
        assertEquals("127.0.0.1", none.of(from("127.0.0.1", "203.0.113.9")));
        Addresses local = new Addresses(true);
        assertEquals("203.0.113.9", local.of(from("127.0.0.1", "203.0.113.9")));
        assertEquals("198.51.100.7", local.of(from("198.51.100.7", "203.0.113.9")));
        Addresses range = new Addresses(false, "10.1.0.0/16", "nonsense", "10.0.0.0/99");
        assertEquals("203.0.113.9", range.of(from("10.1.200.3", "203.0.113.9")));
        assertEquals("10.2.0.3", range.of(from("10.2.0.3", "203.0.113.9")));
    }

    /** Reference defect 31. */
    @Test
    void a_stranger_cannot_write_himself_another_address() {
        Addresses range = new Addresses(false, "10.1.0.0/16", "fd00::/8");
        String proxy = "10.1.0.1";
        assertEquals("203.0.113.9", range.of(from(proxy, "192.0.2.1, 203.0.113.9")));
        assertEquals("203.0.113.9", range.of(from(proxy, "192.0.2.1", "203.0.113.9")), "two lines");
        assertEquals("203.0.113.9", range.of(from(proxy, "192.0.2.1, 203.0.113.9, 10.1.0.2")));
        assertEquals("203.0.113.9", range.of(from("fd00::1", "192.0.2.1, 203.0.113.9")));
        assertEquals("unknown", range.of(from(proxy, "localhost")), "no name is looked up");
        assertEquals("10.1.0.1", range.of(from(proxy)));
        assertEquals("10.1.0.1", range.of(from(proxy, "")));
    }

    @Test
    void a_network_has_its_addresses_and_no_others() {
        assertTrue(Network.of("0.0.0.0/0").orElseThrow().contains(Addresses.parse("8.8.8.8")));
        Network odd = Network.of("10.1.2.128/25").orElseThrow();
        assertTrue(odd.contains(Addresses.parse("10.1.2.129")));
        assertEquals(false, odd.contains(Addresses.parse("10.1.2.127")));
        assertEquals(false, odd.contains(Addresses.parse("::1")));
    }
}
