package dev.weft.http.api;

import static dev.weft.api.identity.Role.ADMIN;
import static dev.weft.api.identity.Role.AGENT;
import static dev.weft.api.identity.Role.OPERATOR;
import static dev.weft.api.identity.Role.PUBLISHER;
import static dev.weft.api.identity.Role.VIEWER;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.identity.Role;
import dev.weft.api.repository.SkillRepository;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;

/** What publishers and the owner do to the repository of skills of this registry. */
final class RepositoryResource implements Resource {
    private static final String PUBLISHERS = "/api/repository/publishers";

    private final Rooms rooms;
    private final long uploadLimit;

    RepositoryResource(Rooms rooms, long uploadLimit) {
        this.rooms = rooms;
        this.uploadLimit = uploadLimit;
    }

    @Override
    public List<Route> routes() {
        Set<Role> all = Route.roles(ADMIN, OPERATOR, AGENT, VIEWER, PUBLISHER);
        Set<Role> publishing = Route.roles(ADMIN, PUBLISHER);
        return List.of(
                Route.get(
                        "/api/repository",
                        "The repository of skills of this registry: its name, fingerprint, and until when it is signed",
                        all,
                        call -> Reply.ok(rooms.repository().summary())),
                Route.get(
                        PUBLISHERS,
                        "Who may publish under which namespace",
                        all,
                        call ->
                                Page.of(
                                        call,
                                        rooms.repository().publishers(),
                                        SkillRepository.Publisher::namespace)),
                Route.post(
                        PUBLISHERS,
                        "Give a namespace to a publisher, or new keys to one",
                        Set.of(ADMIN),
                        this::grant),
                Route.delete(
                        PUBLISHERS + "/{namespace}",
                        "Take a namespace away: its releases are not offered any more",
                        Set.of(ADMIN),
                        this::withdraw),
                Route.post(
                                "/api/repository/jars",
                                "Upload the jar in the body, to be scanned and then published with POST /api/repository/releases within an hour",
                                publishing,
                                this::upload)
                        .file(),
                Route.post(
                        "/api/repository/releases",
                        "Publish: the document in which a publisher signed all its releases",
                        publishing,
                        this::publish),
                Route.post(
                        "/api/repository/statements",
                        "Yank or revoke: a signed statement, or {bundle, version, verb, reason} of an admin for the repository to sign",
                        publishing,
                        this::state),
                Route.post(
                        "/api/repository/roots",
                        "Take a new signed root: who may sign what from now on",
                        Set.of(ADMIN),
                        call -> Reply.ok(rooms.repository().root(document(call)))));
    }

    private CompletionStage<Reply> grant(Call call) {
        JsonNode body = call.json();
        String namespace = Call.required(body, "namespace");
        Set<String> keys = new TreeSet<>();
        for (JsonNode key : body.path("keys")) {
            keys.add(key.asText());
        }
        if (keys.isEmpty()) {
            throw ApiException.bad("missing_member", "\"keys\" must list public keys");
        }
        String name = Call.text(body, "name");
        call.about(namespace);
        return Reply.ok(
                rooms.repository()
                        .grant(
                                namespace,
                                name.isEmpty() ? namespace : name,
                                keys,
                                (int) Call.number(body, "threshold", 1, 1, 16)));
    }

    private CompletionStage<Reply> withdraw(Call call) {
        String namespace = call.path("namespace");
        if (!rooms.repository().withdraw(namespace)) {
            throw ApiException.notFound("nobody has the namespace " + Wire.quote(namespace));
        }
        return Reply.ok(Map.of("removed", namespace));
    }

    private CompletionStage<Reply> upload(Call call) throws IOException {
        SkillRepository repository = rooms.repository();
        if (call.request().getContentLengthLong() > uploadLimit) {
            throw new ApiException(413, "too_large", "a jar may have " + uploadLimit + " bytes");
        }
        call.patience(Duration.ofMinutes(5));
        SkillRepository.Jar jar = repository.upload(call.stream());
        call.about(jar.bundle() + "/" + jar.version());
        return Reply.of(201, jar);
    }

    private CompletionStage<Reply> publish(Call call) {
        call.patience(Duration.ofMinutes(2));
        SkillRepository.Publication publication = rooms.repository().publish(document(call));
        call.about(publication.namespace());
        return Reply.ok(publication);
    }

    private CompletionStage<Reply> state(Call call) {
        JsonNode body = call.json();
        byte[] kept;
        if (body.has("signed")) {
            kept = rooms.repository().state(document(call));
        } else if (call.caller().principal().role() != ADMIN) {
            throw ApiException.forbidden(
                    "unsigned",
                    "a publisher signs its statements with its own key: weft skill yank --key FILE");
        } else {
            kept =
                    rooms.repository()
                            .state(
                                    Call.required(body, "bundle"),
                                    Call.required(body, "version"),
                                    Call.required(body, "verb"),
                                    Call.required(body, "reason"));
        }
        JsonNode statement = Wire.tree(new String(kept, StandardCharsets.UTF_8));
        call.about(
                statement.at("/signed/verb").asText()
                        + " "
                        + statement.at("/signed/bundle").asText()
                        + "/"
                        + statement.at("/signed/version").asText());
        return Reply.ok(statement);
    }

    private static byte[] document(Call call) {
        return Wire.write(call.json()).getBytes(StandardCharsets.UTF_8);
    }
}
