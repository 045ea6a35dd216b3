package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.skill.SkillSettings;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The configuration of the skills of this host. */
final class SkillConfigResource implements Resource {
    private static final String PATH = "/api/skills/{id}/config";
    private final Rooms rooms;

    SkillConfigResource(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public List<Route> routes() {
        Set<dev.weft.api.identity.Role> admin = Set.of(ADMIN);
        return List.of(
                Route.get(
                        PATH,
                        "What can be set for a skill of this host, as JSON Schema, and what counts now; secrets are masked",
                        admin,
                        call -> answer(call, settings().find(call.path("id")))),
                Route.put(
                        PATH,
                        "Set the whole configuration of a skill; what is left out falls back to its default",
                        admin,
                        call -> answer(call, settings().replace(call.path("id"), call.json()))),
                Route.patch(
                        "/api/skills/{id}",
                        "Change a skill: the keys in config are set, null takes one out",
                        admin,
                        this::change));
    }

    private CompletionStage<Reply> change(Call call) {
        JsonNode body = call.json();
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            if (!member.getKey().equals("config")) {
                throw ApiException.bad(
                        "bad_member",
                        Wire.quote(member.getKey()) + " cannot be changed; \"config\" can");
            }
        }
        return answer(call, settings().change(call.path("id"), body.path("config")));
    }

    private SkillSettings settings() {
        return Rooms.need(rooms.settings, "this host keeps no configuration of skills");
    }

    private static CompletionStage<Reply> answer(
            Call call, Optional<SkillSettings.Settings> settings) {
        return Reply.ok(
                settings.orElseThrow(
                        () ->
                                ApiException.notFound(
                                        "no skill "
                                                + Wire.quote(call.path("id"))
                                                + " with a configuration is installed on this host")));
    }
}
