package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.audit.Audit.Entry;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is written down of requests, by whom, and what is not. */
class AuditTrailTest {
    private TestHost host;

    @BeforeEach
    void start() throws Exception {
        host = new TestHost();
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private Entry only(String what) {
        List<Entry> found = host.log.of(what);
        assertEquals(1, found.size(), host.log.entries.toString());
        return found.get(0);
    }

    @Test
    void changes_are_written_with_who_what_and_outcome_and_no_secret() throws Exception {
        String admin = host.keys.verify(host.roleKeys.get(Role.ADMIN)).orElseThrow().subject();
        TestHost.Answer made = host.as(Role.ADMIN, "POST", "/api/keys", "{\"role\":\"viewer\"}");
        String id = made.json().path("id").asText();
        Entry create = only("key.create");
        assertEquals(
                List.of(admin, "admin", id + " viewer", "ok", made.header("X-Request-Id")),
                List.of(
                        create.who(),
                        create.role(),
                        create.target(),
                        create.outcome(),
                        create.correlation()));
        host.as(Role.ADMIN, "POST", "/api/keys/" + id + "/rotate", null);
        assertEquals(id, only("key.rotate").target());
        host.as(Role.ADMIN, "DELETE", "/api/keys/" + id, null);
        assertEquals("ok", only("key.revoke").outcome());
        host.as(Role.OPERATOR, "POST", "/api/pairing/p1/approve", null);
        assertEquals("p1", only("pairing.approve").target());
        host.as(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"text\"}");
        assertEquals("text t0", only("task.submit").target());
        host.as(Role.ADMIN, "PUT", "/api/llm/routes/default", "{\"providers\":[\"x y z\"]}");
        host.send(
                host.request(
                        "POST",
                        "/api/session",
                        "{\"key\":\"" + host.roleKeys.get(Role.VIEWER) + "\"}"));
        assertEquals("viewer", only("session.open").role());
        host.as(Role.PUBLISHER, "POST", "/api/token", null);
        assertEquals("publisher", only("token.issue").role());
        String all = Wire.write((Object) Wire.node(host.log.entries));
        for (String key : host.roleKeys.values()) {
            assertFalse(all.contains(key), all);
        }
        assertFalse(all.contains(made.json().path("key").asText()), all);
    }

    @Test
    void reading_and_signs_of_life_are_not_written() throws Exception {
        host.as(Role.ADMIN, "GET", "/api/keys", null);
        host.asAgent(Fakes.OTHER, "POST", "/api/hub/heartbeat", "{}");
        assertEquals(List.of(), host.log.entries);
        host.rooms.backup = out -> out.write(1);
        host.as(Role.ADMIN, "GET", "/api/backup", null);
        assertEquals("ok", only("backup").outcome(), "it takes everything away");
    }

    @Test
    void denials_are_written_and_a_flood_of_them_is_counted() throws Exception {
        host.as(Role.VIEWER, "POST", "/api/keys", "{}");
        Entry refused = only("denied key.create");
        assertEquals("forbidden /api/keys", refused.outcome() + " " + refused.target());
        for (int i = 0; i < 30; i++) {
            host.send(host.request("GET", "/api/agents", null).header("X-API-Key", "wk_" + i));
        }
        String name = "denied GET /api/agents";
        assertEquals(10, host.log.of(name).size());
        assertEquals("127.0.0.1", host.log.of(name).get(0).who());
        assertEquals("unauthorized", host.log.of(name).get(0).outcome());
        host.clock.move(Duration.ofMinutes(1));
        host.send(host.request("GET", "/api/agents", null));
        assertTrue(only("denied more").outcome().startsWith("20 more"));
        assertEquals(11, host.log.of(name).size());
    }

    @Test
    void the_request_s_id_is_taken_if_harmless_and_made_if_not() throws Exception {
        TestHost.Answer own =
                host.send(host.request("GET", "/api/agents", null).header("X-Request-Id", "abc-1"));
        assertEquals("abc-1", own.header("X-Request-Id"));
        assertEquals("abc-1", host.log.entries.get(0).correlation());
        for (String bad : List.of("a b", "x".repeat(65), "<script>", "\"")) {
            TestHost.Answer made =
                    host.send(host.request("GET", "/api/agents", null).header("X-Request-Id", bad));
            assertNotEquals(bad, made.header("X-Request-Id"));
            assertEquals(36, made.header("X-Request-Id").length());
        }
    }

    @Test
    void an_admin_reads_exports_and_checks_the_log() throws Exception {
        host.as(Role.ADMIN, "POST", "/api/pairing/p1/approve", null);
        host.as(Role.ADMIN, "POST", "/api/pairing/p1/reject", null);
        assertEquals(1, host.as(Role.ADMIN, "GET", "/api/audit?limit=1", null).json().size());
        TestHost.Answer lines =
                host.send(
                        host.request("GET", "/api/audit", null)
                                .header("X-API-Key", host.roleKeys.get(Role.ADMIN))
                                .header("Accept", "application/x-ndjson"));
        assertEquals("application/x-ndjson", lines.header("Content-Type"));
        List<String> all = lines.response().body().lines().toList();
        assertEquals(2, all.size());
        assertEquals("pairing.approve", Wire.tree(all.get(0)).path("what").asText());
        TestHost.Answer check = host.as(Role.ADMIN, "GET", "/api/audit/verify", null);
        assertEquals(4, check.json().path("first_broken").asInt());
        assertFalse(check.json().path("ok").asBoolean(true));
    }
}
