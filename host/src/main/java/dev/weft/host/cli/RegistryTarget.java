package dev.weft.host.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.host.launcher.HostException;
import dev.weft.host.publish.Target;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The repository of a registry. What it says of a publisher's own releases is believed only with the publisher's signature. */
final class RegistryTarget implements Target {
    private static final String PUBLISHERS = "/api/repository/publishers";
    private static final Duration LONG = Duration.ofMinutes(2);

    private final HostClient client;

    RegistryTarget(HostClient client) {
        this.client = client;
    }

    @Override
    public Summary summary() {
        JsonNode summary = client.get("/api/repository");
        List<Owner> publishers = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = client.get(PUBLISHERS + "?limit=1000" + cursor);
            for (JsonNode one : page) {
                publishers.add(owner(one));
            }
            cursor =
                    page.size() < 1000
                            ? ""
                            : "&cursor="
                                    + HostClient.segment(
                                            publishers.get(publishers.size() - 1).namespace());
        } while (!cursor.isEmpty());
        return new Summary(
                summary.path("name").asText(),
                summary.path("fingerprint").asText(),
                summary.path("expires").asText(),
                summary.path("releases").asInt(),
                publishers);
    }

    private static Owner owner(JsonNode one) {
        return new Owner(
                one.path("namespace").asText(),
                texts(one.path("keys")),
                texts(one.path("pending")),
                one.path("releases").asInt());
    }

    private static Set<String> texts(JsonNode array) {
        Set<String> texts = new TreeSet<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    @Override
    public Releases releases(String namespace, Role role) throws IOException {
        Optional<byte[]> document =
                client.file("/repository/publishers/" + HostClient.segment(namespace) + ".json");
        return document.isPresent()
                ? Releases.signed(namespace, document.get(), role)
                : Releases.none(namespace);
    }

    @Override
    public Map<String, String> skills(Releases releases) throws IOException {
        Optional<byte[]> index =
                client.file(
                        "/repository/index-" + HostClient.segment(releases.namespace()) + ".xml");
        return index.isPresent() ? releases.skills(index.get()) : Map.of();
    }

    @Override
    public List<String> publish(byte[] document, Map<String, Path> jars) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path jar : jars.values()) {
            JsonNode taken = client.upload("/api/repository/jars", jar);
            taken.path("findings")
                    .forEach(
                            finding ->
                                    findings.add(
                                            taken.path("bundle").asText()
                                                    + ": "
                                                    + finding.asText()));
        }
        client.post("/api/repository/releases", tree(document), LONG);
        return findings;
    }

    @Override
    public void state(byte[] statement) {
        client.post("/api/repository/statements", tree(statement), LONG);
    }

    @Override
    public void state(String bundle, String version, String verb, String reason) {
        client.post(
                "/api/repository/statements",
                Wire.object()
                        .put("bundle", bundle)
                        .put("version", version)
                        .put("verb", verb)
                        .put("reason", reason),
                LONG);
    }

    @Override
    public boolean grant(String namespace, Set<String> keys, int threshold) {
        ObjectNode body =
                Wire.object()
                        .put("namespace", namespace)
                        .put("name", namespace)
                        .put("threshold", threshold);
        keys.forEach(body.putArray("keys")::add);
        return client.post(PUBLISHERS, body).path("pending").isEmpty();
    }

    @Override
    public void withdraw(String namespace) {
        client.delete(PUBLISHERS + "/" + HostClient.segment(namespace));
    }

    @Override
    public Root root() throws IOException {
        long version = client.get("/api/repository").path("root").asLong();
        byte[] document =
                client.file("/repository/root/" + version + ".json")
                        .orElseThrow(
                                () ->
                                        new HostException(
                                                HostException.FAILED,
                                                "the registry does not show its root " + version));
        return Wire.as(tree(document).path("signed"), Root.class);
    }

    @Override
    public void root(byte[] document) {
        client.post("/api/repository/roots", tree(document));
    }

    private static JsonNode tree(byte[] document) {
        return Wire.tree(new String(document, StandardCharsets.UTF_8));
    }
}
