package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The OpenAPI 3.1 document, made from the table of routes: it cannot name what is not served, nor leave out what is. */
final class OpenApi implements Resource {
    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final List<String> SCHEMES = List.of("apiKey", "bearer", "session");
    private static final Map<Integer, String> MEANINGS =
            Map.of(
                    400, "The request is malformed",
                    401, "No good credential was shown",
                    403, "The caller may not do this",
                    404, "There is no such thing",
                    409, "It does not go with the present state",
                    413, "The body is too long",
                    415, "The body is of another type",
                    429, "Too many requests; Retry-After says when to come back",
                    503, "This host does not offer it now, or is busy",
                    504, "No answer in time");
    private final Schemas schemas = new Schemas();
    private final Reply document;

    OpenApi(String version, List<Route> routes) {
        List<Route> all = new ArrayList<>(routes);
        all.addAll(routes());
        ObjectNode root = Wire.object().put("openapi", "3.1.0");
        root.putObject("info")
                .put("title", "Weft")
                .put("version", version)
                .put("description", "One host of a mesh of agents");
        ObjectNode paths = root.putObject("paths");
        all.forEach(route -> describe(paths.withObjectProperty(route.template()), route));
        ObjectNode components = root.putObject("components");
        ObjectNode schemes = components.putObject("securitySchemes");
        schemes.putObject("apiKey")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "X-API-Key");
        schemes.putObject("deviceToken")
                .put("type", "apiKey")
                .put("in", "header")
                .put("name", "X-Device-Token");
        schemes.putObject("bearer")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT");
        schemes.putObject("session")
                .put("type", "apiKey")
                .put("in", "cookie")
                .put("name", Authenticator.COOKIE);
        components.set("schemas", schemas.all());
        this.document = Reply.json(200, root);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route(
                        "GET",
                        "/api/openapi.json",
                        Route.Access.OPEN,
                        Set.of(),
                        Route.Body.NONE,
                        true,
                        "This document",
                        call -> CompletableFuture.completedFuture(document)));
    }

    private void describe(ObjectNode path, Route route) {
        ObjectNode operation =
                path.putObject(route.method().toLowerCase(java.util.Locale.ROOT))
                        .put("summary", route.summary());
        Matcher parameters = PARAMETER.matcher(route.template());
        while (parameters.find()) {
            operation
                    .withArrayProperty("parameters")
                    .addObject()
                    .put("name", parameters.group(1))
                    .put("in", "path")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string");
        }
        ArrayNode security = operation.putArray("security");
        if (route.access() == Route.Access.ROLE) {
            SCHEMES.forEach(scheme -> security.addObject().putArray(scheme));
            ArrayNode roles = operation.putArray("x-roles");
            route.roles().stream().map(Role::wireName).sorted().forEach(roles::add);
        } else if (route.template().equals("/api/token")) {
            List.of("apiKey", "deviceToken")
                    .forEach(scheme -> security.addObject().putArray(scheme));
        }
        JsonNode said = schemas.operation(route);
        said.path("query").forEach(name -> query(operation, name.asText()));
        if (said.path("answer").asText().endsWith("[]")) {
            query(operation, "limit");
            query(operation, "cursor");
        }
        if (route.body() == Route.Body.FILE) {
            content(operation.putObject("requestBody"), "application/java-archive");
        } else if (said.has("body")) {
            content(operation.putObject("requestBody"), "application/json")
                    .set("schema", schemas.type(said.path("body").asText()));
        }
        responses(operation.putObject("responses"), route, said);
    }

    private static void query(ObjectNode operation, String name) {
        ArrayNode parameters = operation.withArrayProperty("parameters");
        for (JsonNode parameter : parameters) {
            if (parameter.path("name").asText().equals(name)) {
                return;
            }
        }
        parameters
                .addObject()
                .put("name", name)
                .put("in", "query")
                .put("required", false)
                .putObject("schema")
                .put("type", "string");
    }

    private static ObjectNode content(ObjectNode where, String type) {
        return where.withObjectProperty("content").putObject(type);
    }

    private void responses(ObjectNode responses, Route route, JsonNode said) {
        ObjectNode done =
                responses
                        .putObject(String.valueOf(said.path("status").asInt(200)))
                        .put("description", "Done");
        if (said.has("answer")) {
            content(done, "application/json")
                    .set("schema", schemas.type(said.path("answer").asText()));
        }
        if (said.has("stream")) {
            content(done, said.path("stream").asText()).putObject("schema").put("type", "string");
        }
        said.path("also")
                .properties()
                .forEach(
                        other ->
                                content(
                                                responses
                                                        .putObject(other.getKey())
                                                        .put("description", "Not well"),
                                                "application/json")
                                        .set("schema", schemas.type(other.getValue().asText())));
        for (int status : problems(route, said)) {
            ObjectNode problem =
                    responses
                            .putObject(String.valueOf(status))
                            .put("description", MEANINGS.getOrDefault(status, "A problem"));
            content(problem, "application/problem+json").set("schema", schemas.type("Problem"));
        }
    }

    /** What is said of the route, and what follows from how it is served. */
    private static Set<Integer> problems(Route route, JsonNode said) {
        Set<Integer> all = new TreeSet<>(Set.of(429));
        said.path("problems").forEach(status -> all.add(status.asInt()));
        if (route.access() == Route.Access.ROLE) {
            all.add(401);
            if (route.roles().size() < Role.values().length) {
                all.add(403);
            }
        }
        if (said.has("body")) {
            all.addAll(Set.of(400, 413, 415));
        }
        if (said.path("answer").asText().endsWith("[]")) {
            all.add(400);
        }
        return all;
    }
}
