package dev.weft.http.api;

import dev.weft.api.identity.Principal;
import dev.weft.api.identity.Tokens;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Exchanges an access key or a device token for a short-lived bearer token. */
final class TokenResource implements Resource {
    private final Rooms rooms;
    private final Authenticator authenticator;
    private final Tokens tokens;
    private final RateLimit limit;

    TokenResource(Rooms rooms, Authenticator authenticator, Tokens tokens, Clock clock) {
        this.rooms = rooms;
        this.authenticator = authenticator;
        this.tokens = tokens;
        this.limit = new RateLimit(20, Duration.ofMinutes(1), clock);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                new Route(
                        "POST",
                        "/api/token",
                        Route.Access.CREDENTIAL,
                        Set.of(),
                        Route.Body.JSON,
                        false,
                        "Exchange X-API-Key or X-Device-Token for a bearer token",
                        this::token));
    }

    private CompletionStage<Reply> token(Call call) {
        limit.attempt(call.address());
        String key = call.header("X-API-Key");
        String device = call.header("X-Device-Token");
        Optional<Principal> principal = Optional.empty();
        if (key != null) {
            principal = authenticator.key(key).map(Caller::principal);
        } else if (device != null) {
            principal = rooms.pairing().verifyDeviceToken(device);
        }
        Principal caller =
                principal.orElseThrow(
                        () ->
                                ApiException.unauthorized(
                                        key == null && device == null
                                                ? "show an access key (X-API-Key) or a device token (X-Device-Token)"
                                                : key != null
                                                        ? "this access key is unknown or revoked"
                                                        : "this device token is unknown or revoked; pair again"));
        limit.succeeded(call.address());
        call.proven(caller);
        return Reply.ok(
                Wire.object()
                        .put("token", tokens.issue(caller))
                        .put("peer_id", caller.subject())
                        .put("role", caller.role().wireName())
                        .put("expires_in", tokens.life().toSeconds()));
    }
}
