package dev.weft.http.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Random and hostile requests to every endpoint: never a 5xx, never a trace of our insides, and no word on what exists. */
class FuzzTest {
    private static final List<String> NAMES =
            List.of(
                    "code",
                    "agent_name",
                    "public_key",
                    "signature",
                    "key",
                    "role",
                    "label",
                    "expires_in",
                    "grace",
                    "skill",
                    "target_agent_id",
                    "source_agent_id",
                    "payload",
                    "ttl",
                    "wait",
                    "prompt",
                    "timeout",
                    "agent",
                    "providers",
                    "state",
                    "result",
                    "error",
                    "agent_id",
                    "name",
                    "skills",
                    "tools",
                    "labels",
                    "port",
                    "load",
                    "capabilities",
                    "hostname",
                    "version",
                    "__proto__",
                    "");
    private static final List<String> HOSTILE =
            List.of(
                    "",
                    " ",
                    "null",
                    "../../etc/passwd",
                    "..%2f",
                    "%00",
                    "\u0000",
                    "\ud800",
                    "'; DROP TABLE x;--",
                    "<script>alert(1)</script>",
                    "${jndi:ldap://x}",
                    "{{7*7}}",
                    "-1",
                    "1e309",
                    "NaN",
                    "9223372036854775808",
                    "agent-other",
                    "p1",
                    "text",
                    "disk",
                    "\r\nX-A: b",
                    "a|admin",
                    "\u202e",
                    "x".repeat(5000),
                    "wk_" + "A".repeat(43),
                    "dt_" + "0".repeat(32),
                    "123456");

    private static TestHost host;

    @BeforeContainer
    static void start() throws Exception {
        host = new TestHost();
    }

    @AfterContainer
    static void stop() throws Exception {
        host.close();
    }

    /** One request.
     * @param route which
     * @param parameter for its path
     * @param query after the path
     * @param header name and value of a credential
     * @param type content type
     * @param body text */
    record Shot(
            Route route,
            String parameter,
            String query,
            String[] header,
            String type,
            String body) {
        @Override
        public String toString() {
            return route.method()
                    + " "
                    + route.template()
                    + " "
                    + parameter
                    + query
                    + " "
                    + header[0]
                    + ": "
                    + header[1]
                    + " "
                    + type
                    + " "
                    + body;
        }
    }

    @Property(tries = 2000, shrinking = ShrinkingMode.OFF)
    void no_request_breaks_the_server(@ForAll("shots") Shot shot) throws Exception {
        String path =
                shot.route()
                                .template()
                                .replaceAll(
                                        "\\{\\w+}",
                                        java.util.regex.Matcher.quoteReplacement(
                                                encoded(shot.parameter())))
                        + shot.query();
        HttpRequest.Builder request =
                host.request(shot.route().method(), path, null)
                        .setHeader("Content-Type", shot.type())
                        .setHeader(shot.header()[0], shot.header()[1])
                        .method(
                                shot.route().method(),
                                HttpRequest.BodyPublishers.ofString(shot.body()));
        HttpResponse<String> answer = send(request.build());
        assertTrue(answer.statusCode() < 500, answer.statusCode() + " " + answer.body());
        if (answer.statusCode() >= 400) {
            harmless(answer.body());
        }
    }

    /** A server may close a connection whose last request it did not read to its end, just as we send on it. */
    private static HttpResponse<String> send(HttpRequest request) throws Exception {
        try {
            return host.http.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (HttpTimeoutException hung) {
            throw hung;
        } catch (IOException closed) {
            return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    private static void harmless(String body) {
        for (String inside : List.of("\tat ", "Exception", "java.", "org.eclipse", "dev.weft.")) {
            assertFalse(body.contains(inside), body);
        }
        for (String key : host.roleKeys.values()) {
            assertFalse(body.contains(key), body);
        }
    }

    @Provide
    Arbitrary<Shot> shots() {
        Arbitrary<Route> routes =
                Arbitraries.of(
                        host.servlet.routes().stream()
                                .filter(route -> !route.template().equals("/api/events"))
                                // these would end the credentials that the others use
                                .filter(route -> !route.template().equals("/api/keys/{id}"))
                                .toList());
        Arbitrary<String> text =
                Arbitraries.oneOf(
                        Arbitraries.of(HOSTILE), Arbitraries.strings().all().ofMaxLength(40));
        Arbitrary<String> query =
                Combinators.combine(
                                Arbitraries.of(
                                        "",
                                        "limit",
                                        "cursor",
                                        "skill",
                                        "state",
                                        "agent",
                                        "file",
                                        "everywhere"),
                                text)
                        .as(
                                (name, value) ->
                                        name.isEmpty() ? "" : "?" + name + "=" + encoded(value));
        Arbitrary<String> types =
                Arbitraries.frequency(
                        net.jqwik.api.Tuple.of(9, "application/json"),
                        net.jqwik.api.Tuple.of(1, "application/java-archive"),
                        net.jqwik.api.Tuple.of(1, "text/plain"),
                        net.jqwik.api.Tuple.of(1, ";;="));
        return Combinators.combine(routes, text, query, headers(), types, bodies()).as(Shot::new);
    }

    private static Arbitrary<String[]> headers() {
        Arbitrary<String[]> good =
                Arbitraries.of(Role.values())
                        .map(role -> new String[] {"X-API-Key", host.roleKeys.get(role)});
        Arbitrary<String[]> agent =
                Arbitraries.just(
                        new String[] {"Authorization", "Bearer " + Fakes.OTHER + "|agent"});
        Arbitrary<String[]> bad =
                Combinators.combine(
                                Arbitraries.of(
                                        "X-API-Key",
                                        "X-Device-Token",
                                        "Authorization",
                                        "Cookie",
                                        "X-CSRF-Token",
                                        "X-Request-Id",
                                        "X-Forwarded-For",
                                        "Accept",
                                        "Last-Event-ID"),
                                Arbitraries.strings().ascii().ofMaxLength(60))
                        .as((name, value) -> new String[] {name, value.replaceAll("[^ -~]", "?")});
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(5, good),
                net.jqwik.api.Tuple.of(2, agent),
                net.jqwik.api.Tuple.of(2, bad));
    }

    private static Arbitrary<String> bodies() {
        Arbitrary<String> scalar =
                Arbitraries.oneOf(
                        Arbitraries.of(
                                "null",
                                "true",
                                "0",
                                "-1",
                                "1e400",
                                "1e-400",
                                "[]",
                                "{}",
                                "99999999999999999999",
                                "0.1",
                                "\"rules\"",
                                "\"completed\"",
                                "[\"rules\"]",
                                "[null]"),
                        Arbitraries.of(HOSTILE)
                                .map(text -> Wire.write((Object) text.replace("\ud800", "?"))),
                        Arbitraries.strings()
                                .ofMaxLength(20)
                                .map(
                                        text ->
                                                Wire.write(
                                                        (Object)
                                                                text.replaceAll(
                                                                        "[\\ud800-\\udfff]",
                                                                        "?"))));
        Arbitrary<String> member =
                Combinators.combine(Arbitraries.of(NAMES), scalar)
                        .as((name, value) -> "\"" + name + "\":" + value);
        Arbitrary<String> object =
                member.list().ofMaxSize(6).map(all -> "{" + String.join(",", all) + "}");
        Arbitrary<String> nested =
                Combinators.combine(Arbitraries.of(NAMES), object)
                        .as(
                                (name, value) ->
                                        "{\""
                                                + name
                                                + "\":"
                                                + value
                                                + ",\"skill\":["
                                                + value
                                                + "]}");
        Arbitrary<String> broken =
                Arbitraries.of(
                        "",
                        "{",
                        "[",
                        "\"",
                        "{\"a\":",
                        "[".repeat(100_000),
                        "{\"a\":".repeat(5000),
                        "nul",
                        "{\"a\":1}{\"b\":2}",
                        "\ufeff{}",
                        "{\"a\":1,\"a\":2}",
                        "9".repeat(100_000),
                        "\u0000");
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(6, object),
                net.jqwik.api.Tuple.of(2, nested),
                net.jqwik.api.Tuple.of(2, broken),
                net.jqwik.api.Tuple.of(1, Arbitraries.strings().all().ofMaxLength(200)));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Property(tries = 50)
    void a_wrong_credential_is_answered_the_same_whatever_is_wrong_with_it(
            @ForAll("wrong") String key) throws Exception {
        TestHost.Answer unknown =
                host.send(host.request("GET", "/api/agents", null).header("X-API-Key", "wk_no"));
        TestHost.Answer wrong =
                host.send(host.request("GET", "/api/agents", null).header("X-API-Key", key));
        assertEquals(
                unknown.status() + unknown.response().body(),
                wrong.status() + wrong.response().body());
    }

    @Provide
    Arbitrary<String> wrong() {
        String good = host.roleKeys.get(Role.ADMIN);
        return Arbitraries.oneOf(
                Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(60),
                Arbitraries.integers()
                        .between(1, good.length() - 1)
                        .map(length -> good.substring(0, length)));
    }
}
