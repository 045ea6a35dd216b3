package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Every route as every role and as nobody: the server enforces its table, and the table is the one we mean. */
class AccessWalkTest {
    /** What answers without credentials; whoever adds to it must want to. */
    private static final Set<String> OPEN =
            Set.of("GET /api/health", "GET /api/openapi.json", "POST /api/pairing/pair");

    private static final Set<String> CREDENTIAL =
            Set.of(
                    "POST /api/token",
                    "POST /api/session",
                    "GET /repository/{file}",
                    "GET /repository/{folder}/{file}");

    /** Who may what: a=admin o=operator g=agent v=viewer p=publisher. */
    private static final List<String> TABLE =
            List.of(
                    "agopv GET /api/session",
                    "agopv DELETE /api/session",
                    "agov GET /api/config",
                    "agov GET /api/registry/agents",
                    "ag POST /api/registry/agents",
                    "agov GET /api/registry/agents/{id}",
                    "ag DELETE /api/registry/agents/{id}",
                    "agov GET /api/registry/agents/{id}/card",
                    "agov GET /api/registry/route",
                    "ag POST /api/hub/heartbeat",
                    "ago POST /api/hub/tasks",
                    "agov GET /api/hub/tasks",
                    "agov GET /api/hub/tasks/all",
                    "agov GET /api/hub/tasks/{id}",
                    "g POST /api/hub/tasks/{id}",
                    "ao POST /api/hub/tasks/{id}/cancel",
                    "ao POST /api/hub/tasks/{id}/input",
                    "ao POST /api/hub/tasks/{id}/retry",
                    "aov GET /api/hub/traces/{id}",
                    "agov GET /api/hub/network/topology",
                    "agov GET /api/agents",
                    "agov GET /api/agents/{id}/load",
                    "agov GET /api/peers",
                    "ao POST /api/pairing/generate-code",
                    "ao GET /api/pairing/pending",
                    "ao GET /api/pairing/all",
                    "ao GET /api/approvals",
                    "ao POST /api/pairing/{id}/approve",
                    "ao POST /api/pairing/{id}/reject",
                    "ao POST /api/pairing/{id}/revoke",
                    "agov GET /api/skills",
                    "a POST /api/skills",
                    "a DELETE /api/skills/{id}",
                    "a GET /api/skills/{id}/config",
                    "a PUT /api/skills/{id}/config",
                    "a PATCH /api/skills/{id}",
                    "a POST /api/skills/{id}/rollback",
                    "a POST /api/skills/{id}/retry",
                    "agopv GET /api/repository",
                    "agopv GET /api/repository/publishers",
                    "a POST /api/repository/publishers",
                    "a DELETE /api/repository/publishers/{namespace}",
                    "ap POST /api/repository/jars",
                    "ap POST /api/repository/releases",
                    "ap POST /api/repository/statements",
                    "a POST /api/repository/roots",
                    "agov GET /api/catalog",
                    "agov GET /api/catalog/skills/{skill}",
                    "aov GET /api/catalog/repositories",
                    "a POST /api/catalog/repositories",
                    "a DELETE /api/catalog/repositories/{name}",
                    "ao POST /api/catalog/refresh",
                    "a POST /api/catalog/repositories/{name}/publishers/{namespace}",
                    "a DELETE /api/catalog/repositories/{name}/publishers/{namespace}",
                    "a POST /api/catalog/plan",
                    "a POST /api/catalog/plan/{id}/apply",
                    "agov GET /api/catalog/installed",
                    "a PUT /api/catalog/installed/{skill}",
                    "aov GET /api/catalog/lock",
                    "aov GET /api/llm",
                    "a PUT /api/llm/routes/{route}",
                    "a PUT /api/llm/routes/{route}/cache",
                    "aov GET /api/llm/providers/{id}/models",
                    "ao POST /api/llm/budgets/{name}/raise",
                    "ao PUT /api/llm/budgets/{name}",
                    "ao DELETE /api/llm/budgets/{name}",
                    "ao DELETE /api/ask/conversations/{id}",
                    "ao POST /api/ask",
                    "aov GET /api/events",
                    "a GET /api/backup",
                    "aov GET /metrics",
                    "a GET /api/audit",
                    "a GET /api/audit/verify",
                    "a GET /api/keys",
                    "a POST /api/keys",
                    "a POST /api/keys/signing/rotate",
                    "a POST /api/keys/{id}/rotate",
                    "a DELETE /api/keys/{id}");

    @Test
    void the_table_says_what_is_meant() throws Exception {
        try (TestHost host = new TestHost()) {
            Set<String> actual = new TreeSet<>();
            for (Route route : host.servlet.routes()) {
                String name = route.method() + " " + route.template();
                if (route.access() == Route.Access.ROLE) {
                    actual.add(letters(route.roles()) + " " + name);
                } else {
                    assertTrue(
                            (route.access() == Route.Access.OPEN ? OPEN : CREDENTIAL)
                                    .contains(name),
                            name + " must not be " + route.access());
                }
            }
            assertEquals(new TreeSet<>(TABLE), actual);
        }
    }

    private static String letters(Set<Role> roles) {
        return roles.stream()
                .map(role -> role == Role.AGENT ? "g" : role.wireName().substring(0, 1))
                .sorted()
                .collect(Collectors.joining());
    }

    /** Reference defects 23, 24 and 33. */
    @Test
    void every_route_refuses_nobody_and_every_wrong_role_and_lets_the_right_ones_pass()
            throws Exception {
        try (TestHost host = new TestHost()) {
            for (Route route : host.servlet.routes()) {
                String path = route.template().replaceAll("\\{\\w+}", "p1");
                String body = route.body().limit() > 0 ? "{}" : null;
                String name = route.method() + " " + path;
                TestHost.Answer nobody =
                        route.template().equals("/api/events")
                                ? null
                                : host.send(host.request(route.method(), path, body));
                if (route.access() == Route.Access.ROLE) {
                    assertEquals(
                            401,
                            host.send(host.request(route.method(), path, body)).status(),
                            name + " as nobody");
                    assertEquals(
                            401,
                            host.send(
                                            host.request(route.method(), path, body)
                                                    .header("X-API-Key", "wk_wrong"))
                                    .status(),
                            name);
                    assertEquals(
                            401,
                            host.send(
                                            host.request(route.method(), path, body)
                                                    .header("Authorization", "Bearer x"))
                                    .status(),
                            name);
                    assertEquals(
                            401,
                            host.send(
                                            host.request(route.method(), path, body)
                                                    .header("Cookie", "weft_session=x"))
                                    .status(),
                            name);
                } else if (nobody != null) {
                    assertNotEquals(403, nobody.status(), name);
                }
                for (Role role : Role.values()) {
                    if (route.access() == Route.Access.ROLE && !route.roles().contains(role)) {
                        TestHost.Answer refused = host.as(role, route.method(), path, body);
                        assertEquals(403, refused.status(), name + " as " + role);
                        assertEquals("forbidden", refused.error(), name + " as " + role);
                    } else if (!route.template().equals("/api/events")) {
                        TestHost.Answer passed = host.as(role, route.method(), path, body);
                        assertNotEquals(
                                "forbidden",
                                passed.status() == 403 ? passed.error() : "",
                                name + " as " + role);
                        assertNotEquals(500, passed.status(), name + " as " + role);
                        assertTrue(
                                passed.status() != 401 || route.access() != Route.Access.ROLE,
                                name + " as " + role);
                    }
                }
            }
        }
    }

    @Test
    void the_openapi_document_names_every_route_and_no_other() throws Exception {
        try (TestHost host = new TestHost()) {
            JsonNode document = host.send(host.request("GET", "/api/openapi.json", null)).json();
            assertEquals("3.1.0", document.path("openapi").asText());
            Set<String> described = new TreeSet<>();
            document.path("paths")
                    .properties()
                    .forEach(
                            path ->
                                    path.getValue()
                                            .fieldNames()
                                            .forEachRemaining(
                                                    method ->
                                                            described.add(
                                                                    method.toUpperCase()
                                                                            + " "
                                                                            + path.getKey())));
            assertEquals(
                    host.servlet.routes().stream()
                            .map(route -> route.method() + " " + route.template())
                            .collect(Collectors.toCollection(TreeSet::new)),
                    described);
            JsonNode cancel =
                    document.path("paths").path("/api/hub/tasks/{id}/cancel").path("post");
            assertEquals("id", cancel.path("parameters").path(0).path("name").asText());
            assertEquals(Wire.node(List.of("admin", "operator")), cancel.path("x-roles"));
        }
    }
}
