package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.OPERATOR;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.api.registry.Pairing;
import dev.weft.protocol.ProtocolException;
import dev.weft.protocol.Wire;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;

/** How hosts join. */
final class PairingResource implements Resource {
    private static final Set<Role> DOORKEEPERS = Route.roles(ADMIN, OPERATOR);
    private static final Pattern ADDRESS =
            Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]{1,253}/?");
    private final Rooms rooms;
    private final RateLimit limit;

    PairingResource(Rooms rooms, Clock clock) {
        this.rooms = rooms;
        this.limit = new RateLimit(5, Duration.ofSeconds(60), clock);
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.post(
                        "/api/pairing/generate-code",
                        "A code of six digits for one host; with {registry}, an address, also what to type there, and that as a QR code",
                        DOORKEEPERS,
                        this::code),
                Route.post(
                                "/api/pairing/pair",
                                "Present a code, or ask again how the request stands",
                                DOORKEEPERS,
                                this::pair)
                        .open(Route.Access.OPEN),
                Route.get(
                        "/api/pairing/pending",
                        "Requests that wait for approval",
                        DOORKEEPERS,
                        call -> list(call, true)),
                Route.get(
                        "/api/pairing/all",
                        "All requests, newest first",
                        DOORKEEPERS,
                        call -> list(call, false)),
                Route.post(
                        "/api/pairing/{id}/approve",
                        "Let a host in; by id or name",
                        DOORKEEPERS,
                        call -> decide(call, "waits for approval", rooms.pairing()::approve)),
                Route.post(
                        "/api/pairing/{id}/reject",
                        "Turn a host away; by id or name",
                        DOORKEEPERS,
                        call -> decide(call, "waits for approval", rooms.pairing()::reject)),
                Route.post(
                        "/api/pairing/{id}/revoke",
                        "Shut a host out again, at once; by id, name or agent id",
                        DOORKEEPERS,
                        call -> decide(call, "is approved", rooms.pairing()::revoke)));
    }

    private CompletionStage<Reply> code(Call call) {
        String registry = call.hasBody() ? Call.text(call.json(), "registry") : "";
        if (!registry.isEmpty() && !ADDRESS.matcher(registry).matches()) {
            throw ApiException.bad(
                    "bad_registry",
                    "\"registry\" must be the address of this registry as the new host reaches it, such as https://hub.example:8700");
        }
        var made = rooms.pairing().generateCode(call.caller().principal().subject());
        ObjectNode answer = (ObjectNode) Wire.node(made);
        if (!registry.isEmpty()) {
            String command = "weft pair " + made.code() + " --registry " + registry;
            answer.put("command", command).set("qr", QrPicture.of(command));
        }
        return Reply.ok(answer);
    }

    private CompletionStage<Reply> pair(Call call) {
        JsonNode body = call.json();
        var request =
                new Pairing.Request(
                        Call.required(body, "code"),
                        Call.required(body, "agent_name"),
                        Call.text(body, "public_key"),
                        Call.text(body, "signature"));
        Pairing pairing = rooms.pairing();
        limit.attempt(call.address());
        try {
            Pairing.Answer answer = pairing.pair(request);
            limit.succeeded(call.address());
            return Reply.ok(answer);
        } catch (ProtocolException refused) {
            // What tells nothing about codes costs nothing.
            if (refused.code().equals("bad_agent_name") || refused.code().equals("name_taken")) {
                limit.succeeded(call.address());
            }
            throw refused;
        }
    }

    private CompletionStage<Reply> list(Call call, boolean pendingOnly) {
        return Page.of(call, rooms.pairing().list(pendingOnly), Pairing.Entry::id);
    }

    private static CompletionStage<Reply> decide(
            Call call, String expected, Function<String, Optional<Pairing.Entry>> decision) {
        String which = call.path("id");
        return Reply.ok(
                decision.apply(which)
                        .orElseThrow(
                                () ->
                                        ApiException.notFound(
                                                "no host " + Wire.quote(which) + " " + expected)));
    }
}
