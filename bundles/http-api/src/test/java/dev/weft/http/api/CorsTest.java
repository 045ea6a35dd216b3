package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages of listed origins, and of others. The host of these tests lists one, and {@code *}, which is none. */
class CorsTest {
    private static final String ALLOWED = "Access-Control-Allow-Origin";

    private static TestHost.Answer ask(TestHost host, String method, String origin)
            throws Exception {
        String key = host.roleKeys.get(dev.weft.api.identity.Role.VIEWER);
        return host.send(
                host.request(method, "/api/agents", null)
                        .header("Origin", origin)
                        .header("X-API-Key", key)
                        .header("Access-Control-Request-Method", "GET"));
    }

    /** Reference defect 24. */
    @Test
    void a_page_of_a_listed_origin_may_ask_with_a_key_and_no_other_page_may() throws Exception {
        try (TestHost host = new TestHost()) {
            TestHost.Answer asked = ask(host, "OPTIONS", "https://ops.example.org");
            assertEquals(204, asked.status());
            assertEquals("https://ops.example.org", asked.header(ALLOWED));
            assertTrue(asked.header("Access-Control-Allow-Headers").contains("X-API-Key"));
            assertEquals("", asked.header("Access-Control-Allow-Credentials"));
            TestHost.Answer got = ask(host, "GET", "https://ops.example.org");
            assertEquals("200 https://ops.example.org", got.status() + " " + got.header(ALLOWED));
            assertEquals("Origin", got.header("Vary"));
            for (String other :
                    List.of(
                            "https://evil.example.org",
                            "http://ops.example.org",
                            "https://ops.example.org.evil.net",
                            "null",
                            "*")) {
                assertEquals(405, ask(host, "OPTIONS", other).status(), other);
                assertEquals("", ask(host, "GET", other).header(ALLOWED), other);
            }
        }
    }
}
