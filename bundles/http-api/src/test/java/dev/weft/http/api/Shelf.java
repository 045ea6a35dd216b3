package dev.weft.http.api;

import dev.weft.api.repository.RepositoryException;
import dev.weft.api.repository.SkillRepository;
import dev.weft.protocol.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A repository of skills that says no where the input says which. */
final class Shelf implements SkillRepository {
    private static final Publisher ACME =
            new Publisher("com.acme", "Acme", Set.of("key"), 1, Set.of(), 1);
    private static final Summary SUMMARY =
            new Summary("test", "f".repeat(64), 1, 2, "2026-03-01T00:00:00Z", false, 1);
    volatile boolean open;
    Path file;

    @Override
    public boolean open() {
        return open;
    }

    @Override
    public Summary summary() {
        return SUMMARY;
    }

    @Override
    public Optional<Path> file(String name) {
        return name.equals("nope") || name.startsWith("nope/")
                ? Optional.empty()
                : Optional.ofNullable(file);
    }

    @Override
    public List<Publisher> publishers() {
        return List.of(ACME);
    }

    @Override
    public Publisher grant(String namespace, String name, Set<String> keys, int threshold) {
        return ACME;
    }

    @Override
    public boolean withdraw(String namespace) {
        return namespace.equals("com.acme");
    }

    @Override
    public Jar upload(InputStream jar) throws IOException {
        byte[] bytes = jar.readAllBytes();
        if (bytes.length == 0) {
            throw new RepositoryException(RepositoryException.Code.MALFORMED, "this is no jar");
        }
        if (bytes[0] == 1) {
            throw new RepositoryException(
                    RepositoryException.Code.BLOCKED, "high exit: it calls System.exit");
        }
        return new Jar("0".repeat(64), bytes.length, "com.acme.x", "1.0.0", "passed", List.of());
    }

    @Override
    public Publication publish(byte[] document) {
        said(document);
        return new Publication("com.acme", 2, List.of("com.acme.x/1.0.0"), 3);
    }

    @Override
    public Summary root(byte[] document) {
        said(document);
        return SUMMARY;
    }

    @Override
    public byte[] state(byte[] statement) {
        said(statement);
        return statement;
    }

    @Override
    public byte[] state(String bundle, String version, String verb, String reason) {
        return "{\"signed\":{},\"signatures\":[]}".getBytes(StandardCharsets.UTF_8);
    }

    private static void said(byte[] document) {
        String no =
                Wire.tree(new String(document, StandardCharsets.UTF_8)).at("/signed/no").asText();
        if (!no.isEmpty()) {
            throw new RepositoryException(RepositoryException.Code.valueOf(no), "no: " + no);
        }
    }
}
