package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.api.llm.Llm;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Chat model providers, and the routes to them. */
final class LlmResource implements Resource {
    private final Rooms rooms;

    LlmResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/llm",
                        "Providers and routes",
                        Route.roles(Role.ADMIN, Role.OPERATOR, Role.VIEWER),
                        call -> Reply.ok(describe(llm()))),
                Route.put(
                        "/api/llm/routes/{route}",
                        "Point a route at {providers:[id…]}, at once",
                        Set.of(Role.ADMIN),
                        this::use));
    }

    private Llm llm() {
        return Rooms.need(rooms.llm, "this host has no chat model router");
    }

    private CompletionStage<Reply> use(Call call) {
        List<String> providers = new ArrayList<>();
        JsonNode named = call.json().path("providers");
        named.forEach(provider -> providers.add(provider.asText()));
        if (!named.isArray() || providers.isEmpty()) {
            throw ApiException.bad(
                    "missing_member", "\"providers\" must list at least one provider id");
        }
        Llm llm = llm();
        try {
            llm.use(call.path("route"), providers);
        } catch (IllegalArgumentException refused) {
            throw ApiException.bad("unknown_provider", refused.getMessage());
        }
        return Reply.ok(describe(llm));
    }

    private static ObjectNode describe(Llm llm) {
        ObjectNode json = Wire.object();
        ArrayNode providers = json.putArray("providers");
        for (Llm.Provider provider : llm.providers()) {
            ObjectNode entry =
                    providers
                            .addObject()
                            .put("id", provider.id())
                            .put("type", provider.type())
                            .put("model", provider.model());
            entry.put("calls", provider.calls())
                    .put("failures", provider.failures())
                    .put("last_error", provider.lastError());
        }
        json.set("routes", Wire.node(llm.routes()));
        return json;
    }
}
