package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class HttpEndpointTest {
    private static String choose(Object property) {
        return HttpEndpoint.choose(property).map(Object::toString).orElse("none");
    }

    @Test
    void loopback_is_preferred_and_any_address_becomes_loopback() {
        assertEquals(
                "http://127.0.0.1:8700",
                choose(
                        new String[] {
                            "http://192.168.1.5:8700/",
                            "http://[fe80::1%eth0]:8700/",
                            "http://127.0.0.1:8700/"
                        }));
        assertEquals("http://127.0.0.1:8700", choose("http://0.0.0.0:8700/"));
        assertEquals("http://127.0.0.1:8700", choose(List.of("http://[::]:8700/")));
        assertEquals(
                "http://192.168.1.5:8700",
                choose(new String[] {"http://[2001:db8::5]:8700/", "http://192.168.1.5:8700/"}));
        assertEquals(
                "http://[0:0:0:0:0:0:0:1]:8700",
                choose(
                        new String[] {
                            "http://192.168.1.5:8700/", "http://[0:0:0:0:0:0:0:1]:8700/"
                        }));
    }

    @Test
    void plain_http_on_loopback_is_preferred_to_https() {
        assertEquals(
                "http://127.0.0.1:40001",
                choose(new String[] {"https://0.0.0.0:8700/", "http://127.0.0.1:40001/"}));
    }

    @Test
    void nothing_is_chosen_before_a_port_is_bound() {
        assertEquals("none", choose(null));
        assertEquals("none", choose(new String[] {"/"}));
        assertEquals("none", choose("http://127.0.0.1:0/"));
    }
}
