package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.health.HealthCheck;
import dev.weft.api.identity.Role;
import dev.weft.protocol.AgentId;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays the OpenAPI document against the server: every documented status happens, nothing else does, and bodies have the shape they should. */
class OpenApiReplayTest {
    private static final String CARD = "{\"agent_id\":\"agent-other\",\"name\":\"other\"}";

    @TempDir Path temporary;
    private final Map<String, Set<Integer>> seen = new TreeMap<>();
    private JsonNode document;
    private TestHost host;

    @Test
    void the_document_says_what_the_server_does() throws Exception {
        try (TestHost whole = new TestHost()) {
            host = whole;
            document = host.send(host.request("GET", "/api/openapi.json", null)).json();
            successes();
            particularProblems();
            commonProblems();
            ok(Role.OPERATOR, "POST", "/api/pairing/{id}/revoke", null, "p1");
        }
        try (TestHost limited = new TestHost(1000, 2, 15, 1)) {
            host = limited;
            for (int i = 0; i < 4; i++) {
                host.send(host.request("GET", "/api/health", null));
            }
            for (Route route : host.servlet.routes()) {
                see(route.method(), route.template(), null, null);
            }
        }
        try (TestHost empty = new TestHost()) {
            host = empty;
            empty();
        }
        Map<String, Set<Integer>> documented = new TreeMap<>();
        document.path("paths")
                .properties()
                .forEach(
                        path ->
                                path.getValue()
                                        .properties()
                                        .forEach(
                                                operation ->
                                                        operation
                                                                .getValue()
                                                                .path("responses")
                                                                .fieldNames()
                                                                .forEachRemaining(
                                                                        status ->
                                                                                documented
                                                                                        .computeIfAbsent(
                                                                                                operation
                                                                                                                .getKey()
                                                                                                                .toUpperCase()
                                                                                                        + " "
                                                                                                        + path
                                                                                                                .getKey(),
                                                                                                any ->
                                                                                                        new TreeSet<>())
                                                                                        .add(
                                                                                                Integer
                                                                                                        .valueOf(
                                                                                                                status)))));
        assertEquals(text(documented), text(seen));
    }

    private static String text(Map<String, Set<Integer>> statuses) {
        StringBuilder text = new StringBuilder();
        statuses.forEach((name, all) -> text.append(name).append(' ').append(all).append('\n'));
        return text.toString();
    }

    private void successes() throws Exception {
        ok(Role.VIEWER, "POST", "/api/token", null);
        see(
                "POST",
                "/api/session",
                "/api/session",
                host.request(
                        "POST",
                        "/api/session",
                        "{\"key\":\"" + host.roleKeys.get(Role.VIEWER) + "\"}"));
        ok(Role.VIEWER, "GET", "/api/session", null);
        ok(Role.VIEWER, "DELETE", "/api/session", null);
        for (String path :
                new String[] {
                    "/api/config",
                    "/api/registry/agents",
                    "/api/registry/agents/{id}",
                    "/api/registry/agents/{id}/card",
                    "/api/hub/network/topology",
                    "/api/agents",
                    "/api/agents/{id}/load",
                    "/api/peers",
                    "/api/skills",
                    "/api/llm",
                    "/metrics",
                    "/api/health",
                    "/api/openapi.json"
                }) {
            ok(Role.VIEWER, "GET", path, null, "agent-other");
        }
        ok(Role.VIEWER, "GET", "/api/registry/route", null, "", "?skill=disk");
        ok(Role.ADMIN, "POST", "/api/registry/agents", CARD);
        agent("POST", "/api/hub/heartbeat", "/api/hub/heartbeat", "{}");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"text\"}");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"slow\"}");
        agent("POST", "/api/hub/tasks", "/api/hub/tasks", "{\"skill\":\"disk\"}");
        for (String path : new String[] {"/api/hub/tasks", "/api/hub/tasks/all"}) {
            ok(Role.VIEWER, "GET", path, null);
        }
        ok(Role.VIEWER, "GET", "/api/hub/tasks/{id}", null, "t0");
        ok(Role.VIEWER, "GET", "/api/hub/traces/{id}", null, "0af7651916cd43dd8448eb211c80319c");
        agent(
                "POST",
                "/api/hub/tasks/{id}",
                "/api/hub/tasks/inbox-0",
                "{\"state\":\"completed\",\"result\":\"done\"}");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks", "{\"skill\":\"nope\"}");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/retry", null, "t2");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/input", "{\"answer\":\"yes\"}", "t1");
        ok(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/cancel", null, "t1");
        ok(Role.OPERATOR, "POST", "/api/pairing/generate-code", null);
        ok(
                Role.OPERATOR,
                "POST",
                "/api/pairing/generate-code",
                "{\"registry\":\"https://hub.example:8700\"}");
        ok(
                Role.OPERATOR,
                "POST",
                "/api/pairing/pair",
                "{\"code\":\"123456\",\"agent_name\":\"x\"}");
        ok(Role.OPERATOR, "GET", "/api/pairing/pending", null);
        ok(Role.OPERATOR, "GET", "/api/pairing/all", null);
        ok(Role.OPERATOR, "GET", "/api/approvals", null);
        ok(Role.OPERATOR, "POST", "/api/pairing/{id}/approve", null, "p1");
        ok(Role.OPERATOR, "POST", "/api/pairing/{id}/reject", null, "p1");
        jar("?file=a.jar", "application/java-archive", 10);
        ok(Role.ADMIN, "DELETE", "/api/skills/{id}", null, "disk");
        ok(Role.ADMIN, "GET", "/api/skills/{id}/config", null, "text");
        ok(Role.ADMIN, "PUT", "/api/skills/{id}/config", "{\"limit\":2}", "text");
        ok(Role.ADMIN, "PATCH", "/api/skills/{id}", "{\"config\":{\"limit\":2}}", "text");
        ok(Role.ADMIN, "PATCH", "/api/skills/{id}", "{\"enabled\":true}", "text");
        ok(Role.ADMIN, "POST", "/api/skills/{id}/rollback", null, "disk");
        ok(Role.ADMIN, "POST", "/api/skills/{id}/retry", null, "disk");
        repository();
        catalog();
        ok(Role.ADMIN, "PUT", "/api/llm/routes/{route}", "{\"providers\":[\"rules\"]}", "default");
        ok(Role.ADMIN, "PUT", "/api/llm/routes/{route}/cache", "{\"seconds\":60}", "default");
        ok(Role.VIEWER, "GET", "/api/llm/providers/{id}/models", null, "rules");
        note(
                "GET /api/llm/providers/{id}/models",
                host.as(Role.VIEWER, "GET", "/api/llm/providers/broken/models", null).status());
        ok(
                Role.OPERATOR,
                "POST",
                "/api/llm/budgets/{name}/raise",
                "{\"tokens\":5}",
                "route:default");
        String limit = "{\"tokens\":5,\"per\":\"hour\"}";
        ok(Role.OPERATOR, "PUT", "/api/llm/budgets/{name}", limit, "skill:*");
        ok(Role.OPERATOR, "DELETE", "/api/llm/budgets/{name}", null, "route:default");
        ok(Role.OPERATOR, "DELETE", "/api/ask/conversations/{id}", null, "known");
        ok(Role.OPERATOR, "POST", "/api/ask", "{\"prompt\":\"hello\"}");
        String look = "{\"prompt\":\"look\",\"agent\":\"other\",\"images\":[\"R0lGODlh\"]}";
        as(Role.OPERATOR, "POST", "/api/ask", look, "", "");
        HttpResponse<InputStream> stream =
                host.http.send(
                        host.request("GET", "/api/events", null)
                                .header("X-API-Key", host.roleKeys.get(Role.VIEWER))
                                .build(),
                        HttpResponse.BodyHandlers.ofInputStream());
        stream.body().close();
        note("GET /api/events", stream.statusCode());
        ok(Role.ADMIN, "GET", "/api/keys", null);
        JsonNode key = ok(Role.ADMIN, "POST", "/api/keys", "{}").json();
        ok(Role.ADMIN, "POST", "/api/keys/signing/rotate", null);
        ok(Role.ADMIN, "POST", "/api/keys/{id}/rotate", "{}", key.path("id").asText());
        ok(Role.ADMIN, "DELETE", "/api/keys/{id}", null, key.path("id").asText());
        ok(Role.ADMIN, "GET", "/api/audit", null);
        ok(Role.ADMIN, "GET", "/api/audit/verify", null);
        ok(Role.ADMIN, "GET", "/api/backup", null);
        ok(Role.ADMIN, "DELETE", "/api/registry/agents/{id}", null, "agent-other");
    }

    private void repository() throws Exception {
        host.shelf.file = Files.writeString(temporary.resolve("file"), "content");
        ok(Role.VIEWER, "GET", "/repository/{file}", null, "snapshot.json");
        ok(Role.PUBLISHER, "GET", "/repository/{folder}/{file}", null, "jars");
        String top = "/repository/{file}";
        see("GET", top, "/repository/x", host.request("GET", "/repository/x", null));
        String below = "/repository/{folder}/{file}";
        see("GET", below, "/repository/x/y", host.request("GET", "/repository/x/y", null));
        ok(Role.VIEWER, "GET", "/api/repository", null);
        ok(Role.VIEWER, "GET", "/api/repository/publishers", null);
        String grant = "{\"namespace\":\"com.acme\",\"keys\":[\"key\"]}";
        ok(Role.ADMIN, "POST", "/api/repository/publishers", grant);
        ok(Role.ADMIN, "DELETE", "/api/repository/publishers/{namespace}", null, "com.acme");
        String good = "{\"signed\":{},\"signatures\":[]}";
        String unsigned = "{\"signed\":{\"no\":\"UNSIGNED\"},\"signatures\":[]}";
        String stale = "{\"signed\":{\"no\":\"STALE\"},\"signatures\":[]}";
        for (String path : new String[] {"releases", "statements", "roots"}) {
            ok(Role.ADMIN, "POST", "/api/repository/" + path, good);
            as(Role.ADMIN, "POST", "/api/repository/" + path, unsigned, "", "");
        }
        as(Role.ADMIN, "POST", "/api/repository/releases", stale, "", "");
        String plain =
                "{\"bundle\":\"com.acme.x\",\"version\":\"*\",\"verb\":\"yank\",\"reason\":\"x\"}";
        ok(Role.ADMIN, "POST", "/api/repository/statements", plain);
        as(Role.PUBLISHER, "POST", "/api/repository/statements", plain, "", "");
        publishJar("application/java-archive", new byte[10]);
        publishJar("application/java-archive", new byte[0]);
        publishJar("application/java-archive", new byte[] {1});
        publishJar("application/java-archive", new byte[2000]);
        publishJar("text/plain", new byte[10]);
    }

    private void publishJar(String type, byte[] jar) throws Exception {
        see(
                "POST",
                "/api/repository/jars",
                "/api/repository/jars",
                keyed(Role.PUBLISHER, HttpRequest.newBuilder(host.uri("/api/repository/jars")))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(jar)));
    }

    private void catalog() throws Exception {
        ok(Role.VIEWER, "GET", "/api/catalog", null);
        ok(Role.VIEWER, "GET", "/api/catalog/skills/{skill}", null, "disk");
        ok(Role.VIEWER, "GET", "/api/catalog/repositories", null);
        String repositories = "/api/catalog/repositories";
        ok(Role.ADMIN, "POST", repositories, "{\"address\":\"/media/usb\"}");
        ok(Role.ADMIN, "POST", repositories, "{\"address\":\"/media/usb\",\"fingerprint\":\"f\"}");
        as(
                Role.ADMIN,
                "POST",
                repositories,
                "{\"address\":\"/media/usb\",\"fingerprint\":\"other\"}",
                "",
                "");
        String publisher = repositories + "/{name}/publishers/{namespace}";
        for (String fingerprint : new String[] {"f", "other", "none"}) {
            String body = "{\"fingerprint\":\"" + fingerprint + "\"}";
            as(Role.ADMIN, "POST", publisher, body, "main", "");
        }
        ok(Role.ADMIN, "DELETE", publisher, null, "main");
        ok(Role.OPERATOR, "POST", "/api/catalog/refresh", null);
        as(Role.OPERATOR, "POST", "/api/catalog/refresh", null, "", "?repository=nope");
        ok(Role.ADMIN, "DELETE", repositories + "/{name}", null, "main");
        for (String skill : new String[] {"disk", "nope", "pinned"}) {
            String wish = "{\"install\":[\"" + skill + "\"]}";
            as(Role.ADMIN, "POST", "/api/catalog/plan", wish, "", "");
        }
        ok(Role.ADMIN, "POST", "/api/catalog/plan/{id}/apply", "{\"agree\":\"a\"}", "p1");
        as(Role.ADMIN, "POST", "/api/catalog/plan/{id}/apply", null, "p1", "");
        ok(Role.VIEWER, "GET", "/api/catalog/installed", null);
        ok(Role.ADMIN, "PUT", "/api/catalog/installed/{skill}", "{\"pinned\":true}", "disk");
        ok(Role.VIEWER, "GET", "/api/catalog/lock", null);
    }

    private void particularProblems() throws Exception {
        see("POST", "/api/token", "/api/token", host.request("POST", "/api/token", null));
        see(
                "POST",
                "/api/session",
                "/api/session",
                host.request("POST", "/api/session", "{\"key\":\"wk_no\"}"));
        see(
                "POST",
                "/api/pairing/pair",
                "/api/pairing/pair",
                host.request(
                        "POST", "/api/pairing/pair", "{\"code\":\"000000\",\"agent_name\":\"x\"}"));
        String taken = "{\"agent_id\":\"agent-x\",\"name\":\"taken\"}";
        as(Role.ADMIN, "POST", "/api/registry/agents", taken, "", "");
        as(Role.VIEWER, "GET", "/api/registry/route", null, "", "");
        as(Role.VIEWER, "GET", "/api/registry/route", null, "", "?skill=none");
        for (String path :
                new String[] {"/api/registry/agents/{id}", "/api/registry/agents/{id}/card"}) {
            as(Role.VIEWER, "GET", path, null, "Not%20An%20Id", "");
        }
        as(Role.ADMIN, "DELETE", "/api/registry/agents/{id}", null, "Not%20An%20Id", "");
        as(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/cancel", null, "t0", "");
        as(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/retry", null, "t0", "");
        String said = "{\"answer\":\"yes\"}";
        as(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/input", said, "t0", "");
        as(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/input", said, "nope", "");
        as(Role.OPERATOR, "POST", "/api/hub/tasks/{id}/input", "{}", "t0", "");
        agent("POST", "/api/hub/tasks/{id}", "/api/hub/tasks/nope", "{\"state\":\"completed\"}");
        jar("?file=../a.jar", "application/java-archive", 10);
        jar("?file=a.jar", "application/java-archive", 2000);
        jar("?file=a.jar", "text/plain", 10);
        as(Role.ADMIN, "DELETE", "/api/skills/{id}", null, "text", "");
        as(Role.ADMIN, "PATCH", "/api/skills/{id}", "{\"enabled\":true}", "none", "");
        as(Role.ADMIN, "POST", "/api/skills/{id}/rollback", null, "disk", "?version=7.0.0");
        as(Role.OPERATOR, "POST", "/api/ask", "{\"prompt\":\"fail\"}", "", "");
        as(Role.OPERATOR, "POST", "/api/ask", "{\"prompt\":\"x\",\"agent\":\"ghost\"}", "", "");
        String admin = host.keys.verify(host.roleKeys.get(Role.ADMIN)).orElseThrow().subject();
        as(Role.ADMIN, "DELETE", "/api/keys/{id}", null, admin, "");
        as(Role.ADMIN, "GET", "/api/audit", null, "", "?limit=0");
        host.checks.status = HealthCheck.Status.notReady("x");
        see("GET", "/api/health", "/api/health", host.request("GET", "/api/health", null));
    }

    /** What follows from how a route is served. */
    private void commonProblems() throws Exception {
        for (Route route : host.servlet.routes()) {
            JsonNode said = operation(route.method(), route.template());
            String path = route.template().replaceAll("\\{\\w+}", "nope");
            boolean role = route.access() == Route.Access.ROLE;
            Role right = right(route);
            if (role) {
                see(route, path, host.request(route.method(), path, null));
                for (Role other : Role.values()) {
                    if (!route.roles().contains(other)) {
                        see(route, path, keyed(other, host.request(route.method(), path, null)));
                    }
                }
            }
            if (said.has("requestBody") && route.body().limit() > 0) {
                String large = "{\"a\":\"" + "x".repeat(route.body().limit()) + "\"}";
                for (String body : new String[] {"[", "[]", large}) {
                    see(
                            route,
                            path,
                            credential(right, host.request(route.method(), path, body), route));
                }
                see(
                        route,
                        path,
                        credential(right, host.request(route.method(), path, null), route)
                                .header("Content-Type", "text/plain")
                                .method(route.method(), HttpRequest.BodyPublishers.ofString("x")));
            }
            if (route.template().contains("{")
                    && said.path("responses").has("404")
                    && !route.template().equals("/api/hub/tasks/{id}")) {
                see(
                        route,
                        path,
                        credential(
                                right,
                                host.request(
                                        route.method(),
                                        path,
                                        said.has("requestBody") ? "{}" : null),
                                route));
            }
            if (said.path("parameters").toString().contains("\"limit\"")) {
                see(
                        route,
                        path,
                        credential(
                                right,
                                host.request(route.method(), path + "?limit=0", null),
                                route));
            }
        }
        as(Role.VIEWER, "GET", "/api/hub/tasks/{id}", null, "nope", "");
        as(Role.VIEWER, "GET", "/api/hub/traces/{id}", null, "nope", "");
        as(Role.VIEWER, "GET", "/api/registry/route", null, "", "?skill=disk&hops=9");
        host.rooms.backup =
                out -> {
                    throw new IllegalStateException("use the server's own tools");
                };
        as(Role.ADMIN, "GET", "/api/backup", null, "", "");
    }

    /** A host without the rooms that a call needs. */
    private void empty() throws Exception {
        Rooms rooms = host.rooms;
        rooms.registry = null;
        rooms.directory = null;
        rooms.inbox = null;
        rooms.pairing = null;
        rooms.iceServers = null;
        rooms.mesh = null;
        rooms.tasks = null;
        rooms.skills = null;
        rooms.deployments = null;
        rooms.catalog = null;
        rooms.settings = null;
        rooms.repository = null;
        rooms.llm = null;
        rooms.agent = null;
        rooms.events = null;
        rooms.audit = null;
        rooms.backup = null;
        for (Route route : host.servlet.routes()) {
            JsonNode said = operation(route.method(), route.template());
            if (!said.path("responses").has("503") || route.template().equals("/api/health")) {
                continue;
            }
            String path = route.template().replaceAll("\\{\\w+}", "nope");
            Role right = right(route);
            if (route.template().equals("/api/skills")) {
                jar("?file=a.jar", "application/java-archive", 10);
                continue;
            }
            if (route.template().equals("/api/repository/jars")) {
                publishJar("application/java-archive", new byte[10]);
                continue;
            }
            String body =
                    switch (route.template()) {
                        case "/api/ask" -> "{\"prompt\":\"x\"}";
                        case "/api/registry/agents" -> CARD;
                        case "/api/repository/publishers" ->
                                "{\"namespace\":\"x\",\"keys\":[\"x\"]}";
                        case "/api/repository/statements" -> "{\"signed\":{}}";
                        case "/api/hub/heartbeat" -> "{\"agent_id\":\"agent-other\"}";
                        case "/api/hub/tasks" -> "{\"skill\":\"x\"}";
                        case "/api/hub/tasks/{id}/input" -> "{\"answer\":\"x\"}";
                        case "/api/hub/tasks/{id}" -> "{\"state\":\"completed\"}";
                        case "/api/pairing/pair" -> "{\"code\":\"1\",\"agent_name\":\"x\"}";
                        case "/api/llm/budgets/{name}/raise" -> "{\"tokens\":5}";
                        case "/api/llm/routes/{route}" -> "{\"providers\":[\"rules\"]}";
                        case "/api/llm/routes/{route}/cache" -> "{\"seconds\":60}";
                        default -> "{}";
                    };
            boolean sends = said.has("requestBody");
            String query = route.template().equals("/api/registry/route") ? "?skill=x" : "";
            see(
                    route,
                    path,
                    credential(
                            right,
                            host.request(route.method(), path + query, sends ? body : null),
                            route));
        }
    }

    /** A role that may, an admin if that is one. */
    private static Role right(Route route) {
        return route.roles().stream().min(Comparator.naturalOrder()).orElse(Role.ADMIN);
    }

    private HttpRequest.Builder keyed(Role role, HttpRequest.Builder request) {
        return request.header("X-API-Key", host.roleKeys.get(role));
    }

    /** An agent's credential is its token. */
    private HttpRequest.Builder credential(Role role, HttpRequest.Builder request, Route route) {
        return route.roles().equals(Set.of(Role.AGENT))
                ? request.header("Authorization", "Bearer " + Fakes.OTHER + "|agent")
                : keyed(role, request);
    }

    private TestHost.Answer ok(
            Role role, String method, String template, String body, String... more)
            throws Exception {
        TestHost.Answer answer =
                as(
                        role,
                        method,
                        template,
                        body,
                        more.length > 0 ? more[0] : "",
                        more.length > 1 ? more[1] : "");
        assertTrue(
                answer.status() < 300, method + " " + template + ": " + answer.response().body());
        return answer;
    }

    private TestHost.Answer as(
            Role role, String method, String template, String body, String id, String query)
            throws Exception {
        String path = template.replaceAll("\\{\\w+}", id) + query;
        return see(method, template, path, keyed(role, host.request(method, path, body)));
    }

    private void agent(String method, String template, String path, String body) throws Exception {
        AgentId id = Fakes.OTHER;
        see(
                method,
                template,
                path,
                host.request(method, path, body)
                        .header("Authorization", "Bearer " + id + "|agent"));
    }

    private void jar(String query, String type, int size) throws Exception {
        see(
                "POST",
                "/api/skills",
                "/api/skills",
                keyed(Role.ADMIN, HttpRequest.newBuilder(host.uri("/api/skills" + query)))
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[size])));
    }

    private void see(Route route, String path, HttpRequest.Builder request) throws Exception {
        see(route.method(), route.template(), path, request);
    }

    private TestHost.Answer see(
            String method, String template, String path, HttpRequest.Builder request)
            throws Exception {
        String name = method + " " + template;
        HttpRequest.Builder built =
                request == null
                        ? host.request(method, template.replaceAll("\\{\\w+}", "nope"), null)
                        : request;
        TestHost.Answer answer = host.send(built);
        note(name, answer.status());
        JsonNode content =
                operation(method, template)
                        .path("responses")
                        .path(String.valueOf(answer.status()))
                        .path("content");
        String type = answer.header("Content-Type").replaceAll(";.*", "");
        assertFalse(
                content.path(type).isMissingNode(),
                name
                        + " answered "
                        + answer.status()
                        + " as "
                        + type
                        + ": "
                        + answer.response().body());
        if (type.endsWith("json")) {
            check(answer.json(), content.path(type).path("schema"), name + " " + answer.status());
        }
        return answer;
    }

    private void note(String name, int status) {
        seen.computeIfAbsent(name, any -> new TreeSet<>()).add(status);
    }

    private JsonNode operation(String method, String template) {
        return document.path("paths").path(template).path(method.toLowerCase());
    }

    /** As much of JSON Schema as the document uses. */
    private void check(JsonNode value, JsonNode schema, String where) {
        if (schema.has("$ref")) {
            JsonNode target = document.at(schema.path("$ref").asText().substring(1));
            assertFalse(target.isMissingNode(), where + ": " + schema);
            check(value, target, where);
            return;
        }
        if (schema.has("anyOf")) {
            AssertionError last = null;
            for (JsonNode one : schema.path("anyOf")) {
                try {
                    check(value, one, where);
                    return;
                } catch (AssertionError e) {
                    last = e;
                }
            }
            throw last;
        }
        String type = schema.path("type").asText();
        boolean fits =
                switch (type) {
                    case "" -> true;
                    case "object" -> value.isObject();
                    case "array" -> value.isArray();
                    case "string" -> value.isTextual();
                    case "integer" -> value.isIntegralNumber();
                    case "number" -> value.isNumber();
                    case "boolean" -> value.isBoolean();
                    case "null" -> value.isNull();
                    default -> false;
                };
        assertTrue(fits, where + " should be " + type + ": " + value);
        schema.path("required")
                .forEach(
                        name ->
                                assertTrue(
                                        value.has(name.asText()),
                                        where + " lacks " + name + ": " + value));
        if (type.equals("object")) {
            value.properties()
                    .forEach(
                            member -> {
                                JsonNode known = schema.path("properties").path(member.getKey());
                                assertTrue(
                                        !known.isMissingNode()
                                                || schema.path("additionalProperties")
                                                        .asBoolean(true),
                                        where + " has " + member.getKey() + ": " + value);
                                check(member.getValue(), known, where + "." + member.getKey());
                            });
        }
        value.forEach(
                item -> {
                    if (type.equals("array")) {
                        check(item, schema.path("items"), where + "[]");
                    }
                });
    }
}
