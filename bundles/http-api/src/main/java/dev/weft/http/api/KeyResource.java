package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.AccessKeys;
import dev.weft.api.identity.Role;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Access keys of people and programs. */
final class KeyResource implements Resource {
    private static final Set<Role> ADMIN = Set.of(Role.ADMIN);
    private static final double LONGEST = 10 * 365 * 86_400.0;
    private static final double LONGEST_GRACE = 30 * 86_400.0;
    private static final double GRACE = 3600;
    private final AccessKeys keys;
    private final Tokens tokens;
    private final Clock clock;

    KeyResource(AccessKeys keys, Tokens tokens, Clock clock) {
        this.keys = keys;
        this.tokens = tokens;
        this.clock = clock;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get("/api/keys", "All keys, without the secrets", ADMIN, this::list),
                Route.post(
                        "/api/keys",
                        "Make a key for {role, label, expires_in}; the answer shows it this once",
                        ADMIN,
                        this::create),
                Route.post(
                        "/api/keys/signing/rotate",
                        "Sign tokens with a new secret; those out go on until they expire",
                        ADMIN,
                        call -> Reply.ok(Map.of("kid", tokens.rotate()))),
                Route.post(
                        "/api/keys/{id}/rotate",
                        "Give a key a new secret; the former one is good for {grace} more seconds",
                        ADMIN,
                        this::rotate),
                Route.delete("/api/keys/{id}", "Make a key useless at once", ADMIN, this::revoke));
    }

    private CompletionStage<Reply> list(Call call) {
        List<ObjectNode> all = keys.list().stream().map(this::describe).toList();
        return Page.of(call, all, key -> key.path("id").asText());
    }

    private ObjectNode describe(AccessKeys.KeyInfo key) {
        ObjectNode json =
                Wire.object()
                        .put("id", key.id())
                        .put("role", key.role().wireName())
                        .put("label", key.label())
                        .put("created", key.created().toString());
        Instant now = clock.instant();
        json.put("state", key.isCurrent(now) ? "active" : "expired");
        put(json, "expires", key.expires());
        put(json, "last_used", key.lastUsed());
        put(json, "rotated", key.rotated());
        boolean grace = key.graceUntil() != null && now.isBefore(key.graceUntil());
        put(json, "grace_until", grace ? key.graceUntil() : null);
        return json;
    }

    private static void put(ObjectNode json, String member, Instant time) {
        json.put(member, time == null ? null : time.toString());
    }

    private CompletionStage<Reply> create(Call call) {
        JsonNode body = call.json();
        String label = Call.text(body, "label");
        if (label.length() > 100) {
            throw ApiException.bad("bad_label", "a label may have 100 characters");
        }
        Role role;
        try {
            role = body.has("role") ? Role.of(Call.text(body, "role")) : Role.VIEWER;
        } catch (IllegalArgumentException unknown) {
            throw ApiException.bad("bad_role", unknown.getMessage());
        }
        long life = Math.round(Call.number(body, "expires_in", 0, 0, LONGEST));
        Instant expires = life == 0 ? null : clock.instant().plusSeconds(life);
        AccessKeys.NewKey key =
                expires == null ? keys.create(role, label) : keys.create(role, label, expires);
        call.about(key.id() + " " + role.wireName());
        return Reply.of(201, show(key));
    }

    private static ObjectNode show(AccessKeys.NewKey key) {
        return Wire.object()
                .put("id", key.id())
                .put("key", key.key())
                .put("role", key.role().wireName());
    }

    private CompletionStage<Reply> rotate(Call call) {
        String id = call.path("id");
        JsonNode body = call.hasBody() ? call.json() : Wire.object();
        Duration grace =
                Duration.ofSeconds(Math.round(Call.number(body, "grace", GRACE, 0, LONGEST_GRACE)));
        AccessKeys.NewKey key =
                keys.rotate(id, grace)
                        .orElseThrow(
                                () ->
                                        ApiException.notFound(
                                                "no key that is good has the id "
                                                        + Wire.quote(id)));
        ObjectNode json = show(key);
        put(json, "grace_until", grace.isZero() ? null : clock.instant().plus(grace));
        return Reply.ok(json);
    }

    private CompletionStage<Reply> revoke(Call call) {
        String id = call.path("id");
        List<String> admins =
                keys.list().stream()
                        .filter(key -> key.role() == Role.ADMIN && key.isCurrent(clock.instant()))
                        .map(AccessKeys.KeyInfo::id)
                        .toList();
        if (admins.equals(List.of(id))) {
            throw new ApiException(
                    409,
                    "last_admin_key",
                    "this is the last admin key: make another one first, or nobody can administer this host");
        }
        if (!keys.revoke(id)) {
            throw ApiException.notFound("no key has the id " + Wire.quote(id));
        }
        return Reply.ok(Map.of("revoked", id));
    }
}
