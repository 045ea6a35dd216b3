package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.LegacyAccess;
import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What callers of the reference's world may do, and that they may do nothing where it is off. */
class LegacyTest {
    private static final String REGISTER =
            "{\"agent_id\":\"my-agent\",\"hostname\":\"box\",\"sidecar_peer_id\":\"my-agent-sidecar\",\"capabilities\":{\"skills\":[\"delegate\"],\"mcp_servers\":[],\"goals_count\":0,\"mode\":\"interactive\"}}";
    private static final String BEAT = "{\"agent_id\":\"my-agent\",\"skill_names\":[\"delegate\"]}";
    private static final String TASK =
            "{\"skill\":\"delegate\",\"target_agent_id\":\"my-agent\",\"source_agent_id\":\"my-agent\",\"payload\":{\"message\":\"hi\"},\"ttl\":300}";
    private TestHost host;

    /** Two keys: {@code k1} of peer p1, {@code k2} of p2. */
    private static final class Keys implements LegacyAccess {
        private final Map<AgentId, String> claims = new ConcurrentHashMap<>();

        @Override
        public Optional<Principal> verify(String key) {
            return key.matches("k[12]")
                    ? Optional.of(new Principal(key.replace('k', 'p'), Role.AGENT))
                    : Optional.empty();
        }

        @Override
        public boolean admits(AgentId id) {
            return claims.containsKey(id);
        }

        @Override
        public boolean speaksFor(String subject, AgentId agent) {
            String owner = claims.get(agent);
            return owner != null && (owner.equals(subject) || subject.equals(LOOPBACK.value()));
        }

        @Override
        public boolean claim(String subject, AgentId agent) {
            String owner = claims.putIfAbsent(agent, subject);
            return owner == null || owner.equals(subject);
        }
    }

    @BeforeEach
    void start() throws Exception {
        host = new TestHost();
        Keys keys = new Keys();
        host.rooms.legacy = keys;
        host.rooms.pairing =
                new Fakes.Doors() {
                    @Override
                    public boolean isApproved(AgentId id) {
                        return id.equals(Fakes.OTHER)
                                || id.value().matches("p[12]")
                                || keys.admits(id);
                    }
                };
    }

    @AfterEach
    void stop() throws Exception {
        host.close();
    }

    private TestHost.Answer call(String method, String path, String body, String... headers)
            throws Exception {
        var request = host.request(method, path, body);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return host.send(request);
    }

    private int status(String method, String path, String body, String... headers)
            throws Exception {
        return call(method, path, body, headers).status();
    }

    @Test
    void an_agent_with_a_key_registers_beats_and_leaves_under_the_id_it_chose() throws Exception {
        assertEquals(200, status("POST", "/api/registry/agents", REGISTER, "X-API-Key", "k1"));
        TestHost.Answer beat = call("POST", "/api/hub/heartbeat", BEAT, "X-API-Key", "k1");
        assertEquals("ok", beat.json().path("status").asText());
        assertTrue(beat.json().path("pending_tasks").isArray());
        assertEquals(403, status("POST", "/api/hub/heartbeat", BEAT, "X-API-Key", "k2"));
        assertEquals(
                403, status("DELETE", "/api/registry/agents/my-agent", null, "X-API-Key", "k2"));
        assertEquals(
                200, status("DELETE", "/api/registry/agents/my-agent", null, "X-API-Key", "k1"));
    }

    @Test
    void an_agent_of_the_mesh_keeps_its_id() throws Exception {
        String other = "{\"agent_id\":\"" + Fakes.OTHER + "\"}";
        assertEquals(403, status("POST", "/api/hub/heartbeat", other, "X-API-Key", "k1"));
        assertEquals(403, status("POST", "/api/hub/heartbeat", other));
        assertEquals(403, status("POST", "/api/registry/agents", other));
        assertEquals(403, status("POST", "/api/hub/heartbeat", "{}"), "loopback is no agent");
    }

    @Test
    void a_key_is_exchanged_for_a_token_by_a_request_without_body() throws Exception {
        TestHost.Answer token = call("POST", "/api/token", null, "X-API-Key", "k1");
        assertEquals(200, token.status());
        assertEquals("p1", token.json().path("peer_id").asText());
        assertEquals("agent", token.json().path("role").asText());
        String bearer = "Bearer " + token.json().path("token").asText();
        assertEquals(
                200, status("POST", "/api/registry/agents", REGISTER, "Authorization", bearer));
        assertEquals(401, status("POST", "/api/token", null, "X-API-Key", "k3"));
        assertEquals(401, status("POST", "/api/session", "{\"key\":\"k1\"}"), "no sign-in");
    }

    @Test
    void skills_of_an_agent_submit_and_poll_from_this_machine_without_credentials()
            throws Exception {
        assertEquals(200, status("POST", "/api/registry/agents", REGISTER, "X-API-Key", "k1"));
        String id = call("POST", "/api/hub/tasks", TASK).json().path("task_id").asText();
        assertEquals("my-agent", host.inbox.entries.get(id).source());
        TestHost.Answer task = call("GET", "/api/hub/tasks/" + id, null);
        assertEquals("pending", task.json().path("state").asText());
        assertEquals(200, status("GET", "/api/hub/tasks/" + id, null, "X-API-Key", "k1"));
        assertEquals(404, status("GET", "/api/hub/tasks/" + id, null, "X-API-Key", "k2"));
        assertTrue(call("GET", "/api/registry/agents", null).json().isArray());
        assertEquals(404, status("GET", "/api/registry/route?skill=nobody", null));
    }

    @Test
    void without_credentials_nothing_is_reached_but_what_agents_reach() throws Exception {
        for (String path :
                new String[] {
                    "/api/pairing/pending",
                    "/api/pairing/all",
                    "/api/audit",
                    "/api/keys",
                    "/metrics"
                }) {
            assertEquals(403, status("GET", path, null), path);
        }
        assertEquals(403, status("POST", "/api/pairing/p1/approve", "{}"));
        assertEquals(403, status("POST", "/api/ask", "{\"prompt\":\"x\"}"));
    }

    @Test
    void a_proxy_a_page_and_a_bad_credential_do_not_count_as_this_machine() throws Exception {
        String path = "/api/registry/agents";
        assertEquals(200, status("GET", path, null));
        assertEquals(401, status("GET", path, null, "X-Forwarded-For", "203.0.113.9"));
        assertEquals(401, status("GET", path, null, "Forwarded", "for=203.0.113.9"));
        assertEquals(401, status("GET", path, null, "Origin", "http://localhost:3000"));
        assertEquals(401, status("GET", path, null, "Sec-Fetch-Site", "cross-site"));
        assertEquals(401, status("GET", path, null, "X-API-Key", "wrong"));
        assertEquals(401, status("GET", path, null, "Authorization", "Bearer wrong"));
        assertEquals(401, status("GET", path, null, "Cookie", "weft_session=gone"));
        assertEquals(401, status("GET", path, null, "X-Device-Token", "dt_good"));
    }

    @Test
    void a_page_that_comes_under_a_foreign_name_is_no_program_of_this_machine() throws Exception {
        try (java.net.Socket socket = new java.net.Socket("127.0.0.1", host.uri("/").getPort())) {
            socket.getOutputStream()
                    .write(
                            "GET /api/registry/agents HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"
                                    .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes());
            assertTrue(answer.startsWith("HTTP/1.1 401"), answer);
        }
    }

    @Test
    void where_it_is_off_all_of_it_is_refused() throws Exception {
        host.rooms.legacy = null;
        assertEquals(401, status("POST", "/api/registry/agents", REGISTER, "X-API-Key", "k1"));
        assertEquals(401, status("POST", "/api/token", null, "X-API-Key", "k1"));
        assertEquals(401, status("POST", "/api/hub/heartbeat", BEAT));
        assertEquals(401, status("POST", "/api/hub/tasks", TASK));
        assertFalse(
                host.inbox.entries.values().stream().anyMatch(e -> e.skill().equals("delegate")));
    }
}
