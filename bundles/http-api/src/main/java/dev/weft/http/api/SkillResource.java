package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.api.catalog.Catalog;
import dev.weft.api.catalog.Installed;
import dev.weft.api.deploy.Deployments;
import dev.weft.api.deploy.Deployments.Deployment;
import dev.weft.api.identity.HostIdentity;
import dev.weft.api.mesh.AgentDirectory.KnownAgent;
import dev.weft.api.skill.Skills;
import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The skills of the mesh, and the deploy folder of this host. */
final class SkillResource implements Resource {
    private static final String NO_FOLDER = "this host has no deploy folder";
    private final Rooms rooms;
    private final HostIdentity identity;
    private final long uploadLimit;

    SkillResource(Rooms rooms, HostIdentity identity, long uploadLimit) {
        this.rooms = rooms;
        this.identity = identity;
        this.uploadLimit = uploadLimit;
    }

    @Override
    public List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/skills",
                        "The skills of every known agent, and what the deploy folder refused or put into quarantine",
                        Route.roles(ADMIN, OPERATOR, VIEWER, AGENT),
                        this::list),
                Route.post(
                                "/api/skills",
                                "Put the jar, or zip of jars, in the body into the deploy folder as ?file=NAME.jar",
                                Set.of(ADMIN),
                                this::upload)
                        .file(),
                Route.delete(
                        "/api/skills/{id}",
                        "Take a skill of this host out of the deploy folder",
                        Set.of(ADMIN),
                        this::remove),
                Route.post(
                        "/api/skills/{id}/rollback",
                        "Go back to the version of a skill that ran before, or to ?version=V",
                        Set.of(ADMIN),
                        this::rollback),
                Route.post(
                        "/api/skills/{id}/retry",
                        "Try a refused or quarantined skill, or file, once more",
                        Set.of(ADMIN),
                        this::retry));
    }

    private CompletionStage<Reply> list(Call call) {
        List<ObjectNode> all = new ArrayList<>();
        Skills skills = rooms.skills;
        Deployments deployments = rooms.deployments;
        List<Deployment> files = deployments == null ? List.of() : deployments.list();
        Map<String, Installed> origins = origins();
        if (skills != null) {
            skills.installed()
                    .forEach(card -> all.add(origin(here(card, "active", files), origins)));
            skills.disabled()
                    .forEach(card -> all.add(origin(here(card, "disabled", files), origins)));
        }
        if (rooms.directory != null || rooms.registry != null) {
            rooms.agents().stream()
                    .filter(agent -> !agent.local())
                    .forEach(
                            agent ->
                                    agent.card()
                                            .skills()
                                            .forEach(card -> all.add(describe(card, agent))));
        }
        files.stream()
                .filter(
                        file ->
                                file.state() == Deployments.State.REFUSED
                                        || file.state() == Deployments.State.QUARANTINED)
                .forEach(file -> all.add(refused(file)));
        all.sort(
                Comparator.comparing((ObjectNode skill) -> skill.path("id").asText())
                        .thenComparing(skill -> skill.path("host").asText()));
        return Page.of(
                call,
                all,
                skill ->
                        skill.path("id").asText()
                                + "@"
                                + skill.path("agent_id").asText()
                                + "/"
                                + skill.path("file").asText());
    }

    private ObjectNode here(SkillCard card, String state, List<Deployment> files) {
        return previous(
                describe(card, identity.name(), identity.agentId().value(), true, state), files);
    }

    private static ObjectNode describe(SkillCard card, KnownAgent agent) {
        return describe(
                card, agent.card().name(), agent.card().agentId().value(), false, agent.health());
    }

    private static ObjectNode describe(
            SkillCard card, String host, String agentId, boolean local, String state) {
        ObjectNode json =
                Wire.object()
                        .put("id", card.id())
                        .put("version", card.version())
                        .put("title", card.title())
                        .put("description", card.description());
        json.put("host", host).put("agent_id", agentId).put("local", local).put("state", state);
        json.set("tools", Wire.node(card.tools()));
        json.set("permissions", Wire.node(card.permissions()));
        if (!card.problem().isEmpty()) {
            json.put("reason", card.problem());
            if (state.equals("active")) {
                json.put("state", "unwell");
            }
        }
        return json;
    }

    /** Tells, for a skill out of the deploy folder, what can be gone back to. */
    private static ObjectNode previous(ObjectNode skill, List<Deployment> files) {
        files.stream()
                .filter(file -> file.skills().contains(skill.path("id").asText()))
                .filter(file -> !file.previous().isEmpty())
                .findFirst()
                .ifPresent(file -> file.previous().forEach(skill.withArray("previous")::add));
        return skill;
    }

    private Map<String, Installed> origins() {
        Catalog catalog = rooms.catalog;
        return catalog == null
                ? Map.of()
                : catalog.installed().stream()
                        .collect(Collectors.toMap(Installed::skill, i -> i, (one, other) -> one));
    }

    /** Tells where a skill is from, and whether somebody signed it: what came with the host came with its distribution. */
    private static ObjectNode origin(ObjectNode skill, Map<String, Installed> origins) {
        Installed from = origins.get(skill.path("id").asText());
        if (from == null) {
            return skill.put("origin", "host");
        }
        boolean signed = !from.repository().isEmpty();
        skill.put("origin", signed ? from.repository() : "deploy-folder").put("signed", signed);
        skill.put("pinned", from.pinned()).put("automatic", from.automatic());
        return signed ? skill.put("publisher", from.publisher()) : skill;
    }

    private ObjectNode refused(Deployment file) {
        ObjectNode json =
                Wire.object()
                        .put("id", file.skills().isEmpty() ? file.file() : file.skills().get(0))
                        .put("version", file.version());
        json.put("title", file.file())
                .put("description", "")
                .put("host", identity.name())
                .put("agent_id", identity.agentId().value());
        json.put("local", true)
                .put("state", file.state().wireName())
                .put("reason", file.reason())
                .put("file", file.file());
        json.putArray("tools");
        return json;
    }

    private CompletionStage<Reply> upload(Call call) throws IOException {
        String file = call.query("file");
        if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,120}\\.(jar|zip)")) {
            throw ApiException.bad(
                    "bad_file",
                    "name the file: ?file=NAME.jar or NAME.zip, with letters, digits, dots, hyphens and underscores only");
        }
        call.about(file);
        Deployments deployments = rooms.need(rooms.deployments, NO_FOLDER);
        if (call.request().getContentLengthLong() > uploadLimit) {
            throw tooLarge();
        }
        call.patience(Duration.ofMinutes(5));
        return deployments
                .put(file, new Limited(call.stream()))
                .thenApply(outcome -> Reply.json(201, outcome));
    }

    private CompletionStage<Reply> remove(Call call) throws IOException {
        String id = call.path("id");
        if (rooms.need(rooms.deployments, NO_FOLDER).remove(id)) {
            return Reply.ok(Map.of("removed", id));
        }
        Skills skills = rooms.skills;
        if (skills != null
                && Stream.concat(skills.installed().stream(), skills.disabled().stream())
                        .anyMatch(card -> card.id().equals(id))) {
            throw new ApiException(
                    409,
                    "built_in",
                    "the skill "
                            + Wire.quote(id)
                            + " came with this host, not from its deploy folder");
        }
        throw new ApiException(
                404,
                "unknown_skill",
                "no file in this host's deploy folder offers the skill " + Wire.quote(id));
    }

    private CompletionStage<Reply> rollback(Call call) {
        return outcome(
                call,
                rooms.need(rooms.deployments, NO_FOLDER)
                        .rollback(call.path("id"), call.query("version")));
    }

    private CompletionStage<Reply> retry(Call call) {
        return outcome(call, rooms.need(rooms.deployments, NO_FOLDER).retry(call.path("id")));
    }

    private static CompletionStage<Reply> outcome(
            Call call, CompletableFuture<Deployment> deployment) {
        call.patience(Duration.ofMinutes(2));
        return deployment.handle(
                (outcome, failure) -> {
                    Throwable cause =
                            failure instanceof CompletionException && failure.getCause() != null
                                    ? failure.getCause()
                                    : failure;
                    if (cause instanceof NoSuchElementException) {
                        throw new ApiException(404, "unknown_skill", cause.getMessage());
                    }
                    if (cause instanceof IllegalStateException) {
                        throw new ApiException(409, "no_version", cause.getMessage());
                    }
                    if (failure != null) {
                        throw new CompletionException(cause);
                    }
                    return Reply.json(200, outcome);
                });
    }

    private ApiException tooLarge() {
        return new ApiException(413, "too_large", "a jar may have " + uploadLimit + " bytes");
    }

    /** Stops reading where the limit is; the folder takes a jar as a whole or not at all. */
    private final class Limited extends FilterInputStream {
        private long left = uploadLimit;

        Limited(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = super.read(buffer, offset, length);
            left -= Math.max(0, read);
            if (left < 0) {
                throw tooLarge();
            }
            return read;
        }
    }
}
