package dev.weft.http.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.identity.Role;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Signs browsers in and out. */
final class SessionResource implements Resource {
    private static final Set<Role> ALL = EnumSet.allOf(Role.class);
    private final Authenticator authenticator;
    private final HostIdentity identity;
    private final RateLimit limit;

    SessionResource(Authenticator authenticator, HostIdentity identity, Clock clock) {
        this.authenticator = authenticator;
        this.identity = identity;
        this.limit = new RateLimit(20, Duration.ofMinutes(1), clock);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                                "/api/session",
                                "Sign in with {key}: sets a cookie, answers {role, csrf, agent}",
                                ALL,
                                this::signIn)
                        .open(Route.Access.CREDENTIAL),
                Route.get(
                        "/api/session",
                        "Who is signed in: {role, csrf, agent}",
                        ALL,
                        call -> Reply.ok(describe(call.caller()))),
                Route.delete(
                        "/api/session",
                        "Sign out; with ?everywhere=true every browser that the same key signed in",
                        ALL,
                        this::signOut));
    }

    private CompletionStage<Reply> signIn(Call call) {
        String key = Call.required(call.json(), "key");
        limit.attempt(call.address());
        Caller caller =
                authenticator
                        .accessKey(key)
                        .orElseThrow(
                                () ->
                                        ApiException.unauthorized(
                                                "this access key is unknown or revoked"));
        limit.succeeded(call.address());
        call.proven(caller.principal());
        Sessions.Opened opened = authenticator.open(caller);
        ObjectNode body =
                describe(new Caller(caller.principal(), opened.session(), caller.stillGood()));
        return CompletableFuture.completedFuture(
                Reply.json(200, body)
                        .with(
                                "Set-Cookie",
                                cookie(
                                        opened.cookie(),
                                        call,
                                        (int) Sessions.ABSOLUTE.toSeconds())));
    }

    private CompletionStage<Reply> signOut(Call call) {
        int ended = 0;
        if (call.query("everywhere").equals("true")) {
            ended = authenticator.closeAll(call.caller().principal());
        } else if (call.caller().session() != null) {
            authenticator.close(call.caller().session());
            ended = 1;
        }
        return CompletableFuture.completedFuture(
                Reply.json(200, Wire.object().put("status", "signed out").put("sessions", ended))
                        .with("Set-Cookie", cookie("", call, 0)));
    }

    private static String cookie(String value, Call call, int age) {
        return Authenticator.COOKIE
                + "="
                + value
                + "; Path=/; Max-Age="
                + age
                + "; HttpOnly; SameSite=Strict"
                + (call.request().isSecure() ? "; Secure" : "");
    }

    private ObjectNode describe(Caller caller) {
        ObjectNode body = Wire.object().put("role", caller.principal().role().wireName());
        body.put("csrf", caller.session() == null ? "" : caller.session().csrf());
        body.putObject("agent").put("id", identity.agentId().value()).put("name", identity.name());
        return body;
    }
}
