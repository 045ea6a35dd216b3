package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.Role;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens, sessions and the limits on guessing. */
class SignInTest {
    private TestHost host;

    @BeforeEach
    void start() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private TestHost.Answer signIn() throws Exception {
        return host.send(
                host.request(
                        "POST",
                        "/api/session",
                        "{\"key\":\"" + host.roleKeys.get(Role.ADMIN) + "\"}"));
    }

    @Test
    void a_key_or_a_device_token_buys_a_bearer_token() throws Exception {
        TestHost.Answer key = host.as(Role.VIEWER, "POST", "/api/token", null);
        assertEquals("viewer", key.json().path("role").asText());
        TestHost.Answer device =
                host.send(
                        host.request("POST", "/api/token", null)
                                .header("X-Device-Token", "dt_good"));
        assertEquals("agent-other", device.json().path("peer_id").asText());
        assertEquals(
                200,
                host.send(
                                host.request("GET", "/api/agents", null)
                                        .header(
                                                "Authorization",
                                                "Bearer " + device.json().path("token").asText()))
                        .status());
        assertEquals(
                401,
                host.send(
                                host.request("POST", "/api/token", null)
                                        .header("X-Device-Token", "dt_bad"))
                        .status());
        assertEquals(
                401,
                host.send(
                                host.request("GET", "/api/agents", null)
                                        .header("X-Device-Token", "dt_good"))
                        .status());
    }

    @Test
    void a_session_reads_with_its_cookie_and_changes_with_its_csrf_token() throws Exception {
        TestHost.Answer signedIn = signIn();
        String set = signedIn.header("Set-Cookie");
        assertTrue(
                set.contains("HttpOnly")
                        && set.contains("SameSite=Strict")
                        && set.contains("Path=/;"),
                set);
        String cookie = set.substring(0, set.indexOf(';'));
        String csrf = signedIn.json().path("csrf").asText();
        TestHost.Answer who =
                host.send(host.request("GET", "/api/session", null).header("Cookie", cookie));
        assertEquals("self", who.json().path("agent").path("name").asText());
        assertEquals(csrf, who.json().path("csrf").asText());
        TestHost.Answer forged =
                host.send(
                        host.request("POST", "/api/pairing/generate-code", null)
                                .header("Cookie", cookie));
        assertEquals("403 csrf", forged.status() + " " + forged.error());
        assertEquals(
                403,
                host.send(
                                host.request("POST", "/api/pairing/generate-code", null)
                                        .header("Cookie", cookie)
                                        .header("X-CSRF-Token", "x"))
                        .status());
        assertEquals(
                "123456",
                host.send(
                                host.request("POST", "/api/pairing/generate-code", null)
                                        .header("Cookie", cookie)
                                        .header("X-CSRF-Token", csrf))
                        .json()
                        .path("code")
                        .asText());
        assertTrue(
                host.send(
                                host.request("DELETE", "/api/session", null)
                                        .header("Cookie", cookie)
                                        .header("X-CSRF-Token", csrf))
                        .header("Set-Cookie")
                        .contains("Max-Age=0"));
        assertEquals(
                401,
                host.send(host.request("GET", "/api/session", null).header("Cookie", cookie))
                        .status());
    }

    @Test
    void a_session_ends_when_idle_too_old_or_its_key_revoked() throws Exception {
        String idle = cookie(signIn());
        host.clock.move(Duration.ofMinutes(29));
        assertEquals(200, session(idle));
        host.clock.move(Duration.ofMinutes(31));
        assertEquals(401, session(idle));
        String old = cookie(signIn());
        for (int i = 0; i < 26; i++) {
            assertEquals(i < 25 ? 200 : 401, session(old), "after " + i + " half hours");
            host.clock.move(Duration.ofMinutes(29).plusSeconds(59));
        }
        String revoked = cookie(signIn());
        host.keys.byKey.clear();
        assertEquals(401, session(revoked));
    }

    @Test
    void signing_out_everywhere_ends_the_sessions_of_that_key_and_no_others() throws Exception {
        TestHost.Answer here = signIn();
        String elsewhere = cookie(signIn());
        String viewer =
                cookie(
                        host.send(
                                host.request(
                                        "POST",
                                        "/api/session",
                                        "{\"key\":\"" + host.roleKeys.get(Role.VIEWER) + "\"}")));
        TestHost.Answer out =
                host.send(
                        host.request("DELETE", "/api/session?everywhere=true", null)
                                .header("Cookie", cookie(here))
                                .header("X-CSRF-Token", here.json().path("csrf").asText()));
        assertEquals(2, out.json().path("sessions").asInt());
        assertEquals(401, session(cookie(here)));
        assertEquals(401, session(elsewhere));
        assertEquals(200, session(viewer));
    }

    @Test
    void a_key_gets_an_expiry_and_a_new_secret_over_rest() throws Exception {
        TestHost.Answer made =
                host.as(Role.ADMIN, "POST", "/api/keys", "{\"role\":\"viewer\",\"expires_in\":60}");
        assertEquals(201, made.status());
        String id = made.json().path("id").asText();
        TestHost.Answer rotated =
                host.as(Role.ADMIN, "POST", "/api/keys/" + id + "/rotate", "{\"grace\":0}");
        assertEquals(id, rotated.json().path("id").asText());
        assertTrue(rotated.json().path("grace_until").isNull());
        assertTrue(host.keys.verify(made.json().path("key").asText()).isEmpty());
        assertTrue(host.keys.verify(rotated.json().path("key").asText()).isPresent());
        host.clock.move(Duration.ofSeconds(61));
        TestHost.Answer list = host.as(Role.ADMIN, "GET", "/api/keys", null);
        assertTrue(
                list.response()
                        .body()
                        .contains("\"state\":\"expired\",\"expires\":\"2026-01-01T00:01:00Z\""),
                list.response().body());
        assertEquals(404, host.as(Role.ADMIN, "POST", "/api/keys/nobody/rotate", null).status());
        assertEquals(
                400,
                host.as(Role.ADMIN, "POST", "/api/keys/" + id + "/rotate", "{\"grace\":-1}")
                        .status());
        assertEquals(
                "k2",
                host.as(Role.ADMIN, "POST", "/api/keys/signing/rotate", null)
                        .json()
                        .path("kid")
                        .asText());
    }

    /** Reference defect 25. */
    @Test
    void the_token_of_a_revoked_agent_is_refused_at_once() throws Exception {
        assertEquals(200, host.asAgent(Fakes.OTHER, "GET", "/api/agents", null).status());
        host.as(Role.ADMIN, "POST", "/api/pairing/p1/revoke", null);
        assertEquals(401, host.asAgent(Fakes.OTHER, "GET", "/api/agents", null).status());
        assertEquals(401, host.asAgent(Fakes.OTHER, "POST", "/api/hub/heartbeat", "{}").status());
    }

    private static String cookie(TestHost.Answer answer) {
        return answer.header("Set-Cookie").substring(0, answer.header("Set-Cookie").indexOf(';'));
    }

    private int session(String cookie) throws Exception {
        return host.send(host.request("GET", "/api/session", null).header("Cookie", cookie))
                .status();
    }

    @Test
    void guessing_codes_is_limited_but_polling_is_not() throws Exception {
        for (int i = 0; i < 10; i++) {
            assertEquals(200, pair("123456").status());
        }
        for (int i = 0; i < 5; i++) {
            TestHost.Answer wrong = pair("00000" + i);
            assertEquals("401 bad_code", wrong.status() + " " + wrong.error());
        }
        TestHost.Answer limited = pair("123456");
        assertEquals("429 too_many_attempts", limited.status() + " " + limited.error());
        assertEquals("60", limited.header("Retry-After"));
        host.clock.move(Duration.ofSeconds(61));
        assertEquals(200, pair("123456").status());
        assertEquals(400, host.send(host.request("POST", "/api/pairing/pair", "{}")).status());
    }

    private TestHost.Answer pair(String code) throws Exception {
        return host.send(
                host.request(
                        "POST",
                        "/api/pairing/pair",
                        "{\"code\":\""
                                + code
                                + "\",\"agent_name\":\"x\",\"public_key\":\"k\",\"signature\":\"s\"}"));
    }

    @Test
    void guessing_keys_is_limited() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertEquals(
                    401,
                    host.send(host.request("POST", "/api/session", "{\"key\":\"wk_" + i + "\"}"))
                            .status());
            assertEquals(401, host.send(host.request("POST", "/api/token", null)).status());
        }
        assertEquals(429, signIn().status());
        assertEquals(429, host.as(Role.ADMIN, "POST", "/api/token", null).status());
        host.clock.move(Duration.ofSeconds(61));
        assertEquals(200, signIn().status());
    }

    /** Reference defect 27. */
    @Test
    void the_limit_forgets_old_addresses_and_is_bounded() {
        RateLimit limit = new RateLimit(2, Duration.ofMinutes(1), host.clock);
        for (int i = 0; i < 12_000; i++) {
            limit.attempt("a" + i);
        }
        assertEquals(10_000, limit.addresses());
        host.clock.move(Duration.ofMinutes(2));
        limit.attempt("b");
        assertEquals(1, limit.addresses());
        limit.attempt("b");
        assertThrows(ApiException.class, () -> limit.attempt("b"));
        assertFalse(limit.addresses() > 1);
    }
}
