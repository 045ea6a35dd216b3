package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.CatalogProblem;
import dev.weft.api.catalog.Details;
import dev.weft.api.catalog.Installed;
import dev.weft.api.catalog.Listing;
import dev.weft.api.catalog.Lock;
import dev.weft.api.catalog.Plan;
import dev.weft.api.catalog.Repository;
import dev.weft.api.identity.Role;
import dev.weft.api.mesh.AgentDirectory;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Repositories, what they offer, and what is had from them. */
final class CatalogResource implements Resource {
    private static final Duration LONG = Duration.ofMinutes(10);
    private final Rooms rooms;

    CatalogResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        Set<Role> readers = Route.roles(ADMIN, OPERATOR, VIEWER, AGENT);
        Set<Role> admin = Set.of(ADMIN);
        return List.of(
                Route.get(
                        "/api/catalog",
                        "Skills that can be had from the repositories of this host",
                        readers,
                        answered(this::search)),
                Route.get(
                        "/api/catalog/skills/{skill}",
                        "All about a skill before it is installed, or about its ?version=V: its jar is fetched, compared and scanned",
                        readers,
                        answered(this::details)),
                Route.get(
                        "/api/catalog/repositories",
                        "The repositories of this host, the highest priority first",
                        Route.roles(ADMIN, OPERATOR, VIEWER),
                        answered(
                                call -> Page.of(call, catalog().repositories(), Repository::name))),
                Route.post(
                        "/api/catalog/repositories",
                        "Read a repository; without a fingerprint it is only looked at, for a person to compare",
                        admin,
                        answered(this::add)),
                Route.delete(
                        "/api/catalog/repositories/{name}",
                        "Stop reading a repository; what is installed from it stays",
                        admin,
                        answered(this::remove)),
                Route.post(
                        "/api/catalog/refresh",
                        "Read the repositories anew, or one as ?repository=NAME",
                        Route.roles(ADMIN, OPERATOR),
                        answered(this::refresh)),
                Route.post(
                        "/api/catalog/repositories/{name}/publishers/{namespace}",
                        "Trust a publisher with the keys of a fingerprint",
                        admin,
                        answered(this::trust)),
                Route.delete(
                        "/api/catalog/repositories/{name}/publishers/{namespace}",
                        "Trust a publisher no longer; what is installed stays",
                        admin,
                        answered(this::distrust)),
                Route.post(
                        "/api/catalog/plan",
                        "What an install, update or removal would do; changes nothing",
                        admin,
                        answered(this::plan)),
                Route.post(
                        "/api/catalog/plan/{id}/apply",
                        "Do what was planned, all of it or nothing",
                        admin,
                        answered(this::apply)),
                Route.get(
                        "/api/catalog/installed",
                        "The skills of the deploy folder, and where each is from",
                        readers,
                        answered(call -> Page.of(call, catalog().installed(), Installed::skill))),
                Route.put(
                        "/api/catalog/installed/{skill}",
                        "Keep updates away from a skill, or let them come by themselves",
                        admin,
                        answered(this::choose)),
                Route.get(
                        "/api/catalog/lock",
                        "What this host has from repositories, exactly: the content of skills.lock",
                        Route.roles(ADMIN, OPERATOR, VIEWER),
                        answered(call -> Reply.ok(catalog().lock()))));
    }

    private Catalog catalog() {
        return rooms.need(rooms.catalog, "this host has no catalog");
    }

    /** Tells the catalog's problems as those of HTTP. */
    private Handler answered(Handler handler) {
        return call -> {
            catalog();
            try {
                return handler.handle(call);
            } catch (CatalogProblem e) {
                int status =
                        switch (e.kind()) {
                            case BAD -> 400;
                            case UNKNOWN -> 404;
                            case CONFLICT, REFUSED -> 409;
                            case UNREACHABLE -> 503;
                        };
                throw new ApiException(status, e.code(), e.getMessage());
            }
        };
    }

    private CompletionStage<Reply> search(Call call) {
        String compatible = call.query("compatible");
        if (!Set.of("", "true", "false").contains(compatible)) {
            throw ApiException.bad("bad_compatible", "compatible is true or false");
        }
        List<Listing> found =
                catalog()
                        .search(
                                new Listing.Query(
                                        call.query("q"),
                                        call.query("publisher"),
                                        call.query("permission"),
                                        call.query("platform"),
                                        compatible.equals("true"),
                                        call.query("sort")));
        return Page.of(
                call,
                found,
                skill -> skill.skill() + "@" + skill.bundle() + "/" + skill.repository());
    }

    private CompletionStage<Reply> details(Call call) {
        call.patience(LONG);
        String skill = call.path("skill");
        Details details =
                catalog()
                        .details(skill, call.query("version"))
                        .orElseThrow(
                                () ->
                                        ApiException.notFound(
                                                "no repository of this host has "
                                                        + Wire.quote(skill)
                                                        + (call.query("version").isEmpty()
                                                                ? ""
                                                                : " in that version")));
        ObjectNode json = (ObjectNode) Wire.node(details);
        json.set("hosts", hosts(details.listing().skill()));
        return Reply.ok(json);
    }

    /** Which agents of the mesh have a skill, as far as their cards tell. */
    private ArrayNode hosts(String skill) {
        ArrayNode hosts = Wire.object().putArray("hosts");
        AgentDirectory directory = rooms.directory;
        if (directory != null) {
            directory
                    .agents()
                    .forEach(
                            agent ->
                                    agent.card().skills().stream()
                                            .filter(card -> card.id().equals(skill))
                                            .forEach(
                                                    card ->
                                                            hosts.addObject()
                                                                    .put(
                                                                            "agent_id",
                                                                            agent.card()
                                                                                    .agentId()
                                                                                    .value())
                                                                    .put(
                                                                            "name",
                                                                            agent.card().name())
                                                                    .put(
                                                                            "version",
                                                                            card.version())));
        }
        return hosts;
    }

    private CompletionStage<Reply> add(Call call) {
        call.patience(LONG);
        JsonNode body = call.json();
        String address = Call.required(body, "address");
        call.about(address);
        String fingerprint = Call.text(body, "fingerprint");
        if (fingerprint.isEmpty()) {
            return Reply.ok(catalog().look(address));
        }
        String policy = Call.text(body, "policy");
        Repository added =
                catalog()
                        .add(
                                address,
                                fingerprint,
                                (int) Call.number(body, "priority", 0, -1000, 1000),
                                policy.isEmpty() ? "signed-by-trusted" : policy,
                                texts(body, "trust"));
        return Reply.of(201, added);
    }

    private CompletionStage<Reply> remove(Call call) {
        String name = call.path("name");
        if (!catalog().remove(name)) {
            throw ApiException.notFound("this host reads no repository " + Wire.quote(name));
        }
        return Reply.ok(Map.of("removed", name));
    }

    private CompletionStage<Reply> refresh(Call call) {
        call.patience(LONG);
        return Reply.ok(Map.of("repositories", catalog().refresh(call.query("repository"))));
    }

    private CompletionStage<Reply> trust(Call call) {
        String namespace = call.path("namespace");
        String fingerprint = Call.required(call.json(), "fingerprint");
        return Reply.ok(catalog().trust(call.path("name"), namespace, fingerprint));
    }

    private CompletionStage<Reply> distrust(Call call) {
        return Reply.ok(catalog().distrust(call.path("name"), call.path("namespace")));
    }

    private CompletionStage<Reply> plan(Call call) {
        call.patience(LONG);
        JsonNode body = call.json();
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            if (!Set.of("install", "update", "uninstall", "lock").contains(member.getKey())) {
                throw ApiException.bad(
                        "bad_member",
                        Wire.quote(member.getKey())
                                + " is none of \"install\", \"update\", \"uninstall\", \"lock\"");
            }
        }
        boolean all = body.path("update").asText().equals("all");
        Plan.Wish wish =
                new Plan.Wish(
                        texts(body, "install"),
                        all ? List.of("*") : texts(body, "update"),
                        texts(body, "uninstall"),
                        body.has("lock") ? lock(body.get("lock")) : null);
        return Reply.ok(catalog().plan(wish));
    }

    private static Lock lock(JsonNode json) {
        try {
            Lock lock = Wire.as(json, Lock.class);
            if (lock.version() == 1) {
                return lock;
            }
        } catch (ProtocolException e) {
            throw ApiException.bad("bad_lock", "this is no skills.lock: " + e.getMessage());
        }
        throw ApiException.bad("bad_lock", "this is no skills.lock of version 1");
    }

    private static List<String> texts(JsonNode body, String member) {
        List<String> texts = new ArrayList<>();
        JsonNode value = body.path(member);
        boolean list = value.isMissingNode() || value.isNull() || value.isArray();
        for (JsonNode one : value) {
            list &= one.isTextual() && !one.asText().isBlank() && one.asText().length() <= 200;
            texts.add(one.asText());
        }
        if (!list || texts.size() > 1000) {
            throw ApiException.bad(
                    "bad_member", "\"" + member + "\" must be a list of at most 1000 names");
        }
        return texts;
    }

    private CompletionStage<Reply> apply(Call call) {
        call.patience(LONG);
        String agreed = call.hasBody() ? Call.text(call.json(), "agree") : "";
        return Reply.ok(
                catalog().apply(call.path("id"), agreed, call.caller().principal().subject()));
    }

    private CompletionStage<Reply> choose(Call call) {
        JsonNode body = call.json();
        String skill = call.path("skill");
        return Reply.ok(
                catalog()
                        .choose(skill, choice(body, "pinned"), choice(body, "automatic"))
                        .orElseThrow(
                                () ->
                                        ApiException.notFound(
                                                "no file of this host's deploy folder offers "
                                                        + Wire.quote(skill))));
    }

    private static Boolean choice(JsonNode body, String member) {
        JsonNode value = body.path(member);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isBoolean()) {
            throw ApiException.bad("bad_member", "\"" + member + "\" must be true or false");
        }
        return value.booleanValue();
    }
}
