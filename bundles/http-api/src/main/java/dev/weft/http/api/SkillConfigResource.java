package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.skill.SkillSettings;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The configuration of the skills of this host, and their switches. */
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
                        "Change a skill: the keys in config are set, null takes one out; enabled switches it on or off",
                        admin,
                        this::change));
    }

    private CompletionStage<Reply> change(Call call) {
        Skills skills = rooms.need(rooms.skills, "this host runs no skills");
        JsonNode body = call.json();
        for (Map.Entry<String, JsonNode> member : body.properties()) {
            if (!List.of("config", "enabled").contains(member.getKey())) {
                throw ApiException.bad(
                        "bad_member",
                        Wire.quote(member.getKey())
                                + " cannot be changed; \"config\" and \"enabled\" can");
            }
        }
        JsonNode enabled = body.path("enabled");
        if (body.has("enabled") && !enabled.isBoolean()) {
            throw ApiException.bad("bad_member", "\"enabled\" must be true or false");
        }
        if (body.isEmpty()) {
            throw ApiException.bad("missing_member", "say \"config\" or \"enabled\"");
        }
        String id = call.path("id");
        Optional<SkillSettings.Settings> settings =
                body.has("config")
                        ? Optional.of(found(settings().change(id, body.path("config")), id))
                        : Optional.empty();
        if (enabled.isBoolean()) {
            try {
                skills.enable(id, enabled.booleanValue());
            } catch (NoSuchElementException unknown) {
                throw new ApiException(404, "unknown_skill", unknown.getMessage());
            }
        }
        ObjectNode answer = Wire.object().put("id", id);
        answer.put("enabled", skills.disabled().stream().noneMatch(card -> card.id().equals(id)));
        settings.ifPresent(
                now ->
                        answer.put("pid", now.pid())
                                .<ObjectNode>set("schema", now.schema())
                                .set("values", now.values()));
        return Reply.ok(answer);
    }

    private SkillSettings settings() {
        return rooms.need(rooms.settings, "this host keeps no configuration of skills");
    }

    private static CompletionStage<Reply> answer(
            Call call, Optional<SkillSettings.Settings> settings) {
        return Reply.ok(found(settings, call.path("id")));
    }

    private static SkillSettings.Settings found(
            Optional<SkillSettings.Settings> settings, String id) {
        return settings.orElseThrow(
                () ->
                        ApiException.notFound(
                                "no skill "
                                        + Wire.quote(id)
                                        + " with a configuration is installed on this host"));
    }
}
