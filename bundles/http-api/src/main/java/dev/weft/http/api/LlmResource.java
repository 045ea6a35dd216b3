package dev.weft.http.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.identity.Role;
import dev.weft.api.llm.Llm;
import dev.weft.api.llm.ProviderException;
import dev.weft.api.task.TaskException;
import dev.weft.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** Chat model providers, and the routes to them. */
final class LlmResource implements Resource {
    private static final double MOST = 1e15;
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
                        this::use),
                Route.put(
                        "/api/llm/routes/{route}/cache",
                        "Give a route's answers again for {seconds}, at once and over restarts; 0: not at all",
                        Set.of(Role.ADMIN),
                        this::cache),
                Route.get(
                        "/api/llm/providers/{id}/models",
                        "Models that a provider's server offers",
                        Route.roles(Role.ADMIN, Role.OPERATOR, Role.VIEWER),
                        this::models),
                Route.post(
                        "/api/llm/budgets/{name}/raise",
                        "Allow {tokens, money} more in a budget's present period; waiting calls go on",
                        Route.roles(Role.ADMIN, Role.OPERATOR),
                        this::raise),
                Route.put(
                        "/api/llm/budgets/{name}",
                        "Set a budget {tokens, money, per}, at once and over restarts; 0: no limit",
                        Route.roles(Role.ADMIN, Role.OPERATOR),
                        this::limit),
                Route.delete(
                        "/api/llm/budgets/{name}",
                        "Take back what was set: what the configuration says counts again",
                        Route.roles(Role.ADMIN, Role.OPERATOR),
                        this::unlimit));
    }

    private CompletionStage<Reply> models(Call call) {
        ObjectNode json = Wire.object();
        try {
            json.set("models", Wire.node(llm().models(call.path("id"))));
        } catch (IllegalArgumentException unknown) {
            throw ApiException.notFound(unknown.getMessage());
        } catch (ProviderException failed) {
            throw new TaskException("provider_failed", failed.getMessage());
        }
        return Reply.ok(json);
    }

    private CompletionStage<Reply> raise(Call call) {
        JsonNode body = call.json();
        try {
            Llm.Budget raised =
                    llm().raise(
                                    call.path("name"),
                                    (long) Call.number(body, "tokens", 0, 0, MOST),
                                    Call.number(body, "money", 0, 0, MOST));
            return Reply.ok(describe(raised));
        } catch (IllegalArgumentException refused) {
            throw ApiException.bad("bad_budget", refused.getMessage());
        }
    }

    private CompletionStage<Reply> limit(Call call) {
        JsonNode body = call.json();
        String per = Call.text(body, "per");
        Llm llm = llm();
        if (!body.has("tokens") && !body.has("money")) {
            throw ApiException.bad("missing_member", "say \"tokens\" or \"money\"; 0 is no limit");
        }
        try {
            return Reply.ok(
                    describe(
                            llm.limit(
                                    call.path("name"),
                                    per.isEmpty() ? "day" : per,
                                    (long) Call.number(body, "tokens", 0, 0, MOST),
                                    Call.number(body, "money", 0, 0, MOST))));
        } catch (IllegalArgumentException refused) {
            throw ApiException.bad("bad_budget", refused.getMessage());
        }
    }

    private CompletionStage<Reply> unlimit(Call call) {
        String name = call.path("name");
        if (!llm().unlimit(name)) {
            throw ApiException.notFound("the budget " + Wire.quote(name) + " was not set");
        }
        return Reply.ok(Wire.object().put("removed", name));
    }

    private Llm llm() {
        return rooms.need(rooms.llm, "this host has no chat model router");
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

    private CompletionStage<Reply> cache(Call call) {
        JsonNode body = call.json();
        if (!body.has("seconds")) {
            throw ApiException.bad("missing_member", "say \"seconds\"; 0 is no cache");
        }
        Llm llm = llm();
        try {
            llm.cache(call.path("route"), (long) Call.number(body, "seconds", 0, 0, MOST));
        } catch (IllegalArgumentException refused) {
            throw ApiException.bad("bad_cache", refused.getMessage());
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
                            .put("model", provider.model())
                            .put("state", provider.state())
                            .put("streams", provider.streams())
                            .put("running", provider.running());
            entry.put("calls", provider.calls())
                    .put("failures", provider.failures())
                    .put("last_error", provider.lastError());
        }
        json.set("routes", Wire.node(llm.routes()));
        json.set("cache_seconds", Wire.node(llm.caches()));
        ArrayNode budgets = json.putArray("budgets");
        llm.budgets().forEach(budget -> budgets.add(describe(budget)));
        ObjectNode usage = json.putObject("usage");
        llm.usage()
                .forEach(
                        (subject, used) ->
                                usage.putObject(subject)
                                        .put("calls", used.calls())
                                        .put("cached", used.cached())
                                        .put("input_tokens", used.inputTokens())
                                        .put("output_tokens", used.outputTokens())
                                        .put("cost", used.cost()));
        ArrayNode recent = json.putArray("recent");
        llm.recent().forEach(call -> recent.add(describe(call)));
        return json;
    }

    private static ObjectNode describe(Llm.CallRecord call) {
        return Wire.object()
                .put("at", call.at())
                .put("caller", call.caller())
                .put("route", call.route())
                .put("provider", call.provider())
                .put("input_tokens", call.inputTokens())
                .put("output_tokens", call.outputTokens())
                .put("estimated", call.estimated())
                .put("cost", call.cost())
                .put("millis", call.millis())
                .put("error", call.error());
    }

    private static ObjectNode describe(Llm.Budget budget) {
        return Wire.object()
                .put("name", budget.name())
                .put("per", budget.per())
                .put("token_limit", budget.tokenLimit())
                .put("tokens", budget.tokens())
                .put("money_limit", budget.moneyLimit())
                .put("money", budget.money())
                .put("reserved_tokens", budget.reservedTokens())
                .put("reserved_money", budget.reservedMoney())
                .put("waiting", budget.waiting());
    }
}
