package dev.weft.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.CatalogException;
import dev.weft.skill.repository.RepositoryReader;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was said against releases (yank, revoke), from repositories and from peers. A statement stands for itself: once it was believed it is
 * kept for good, also if its repository holds it back or its publisher's keys change. Thread-safe.
 */
final class Statements {
    static final int MOST = 10_000;
    private static final int MOST_BYTES = 8 << 10;

    private final Path file;
    private final Map<String, Kept> all = new LinkedHashMap<>();

    private record Kept(Statement statement, JsonNode signed) {}

    private record Content(List<JsonNode> statements) {}

    /** Reads what was kept.
     * @throws IOException if it is damaged */
    Statements(Path file) throws IOException {
        this.file = file;
        for (JsonNode signed :
                Disk.read(file, Content.class).map(Content::statements).orElse(List.of())) {
            byte[] document = bytes(signed);
            all.put(id(document), new Kept(Statement.claimed(document), signed));
        }
    }

    /** Believes a statement if the publisher or the repository signed it.
     * @param about gives the repository of a name, if this host reads it
     * @return whether it is new; false also if this host does not know the repository
     * @throws CatalogException if it is not to be believed
     * @throws IOException if it cannot be kept */
    boolean hear(byte[] document, java.util.function.Function<String, Optional<Held>> about)
            throws IOException {
        if (document.length > MOST_BYTES) {
            throw new CatalogException(
                    CatalogException.Code.MALFORMED,
                    "a statement may have " + MOST_BYTES + " bytes");
        }
        Statement claimed = Statement.claimed(document);
        synchronized (this) {
            if (all.containsKey(id(document))) {
                return false;
            }
        }
        Optional<Held> held = about.apply(claimed.repository()).filter(Held::isReadable);
        if (held.isEmpty()) {
            return false;
        }
        RepositoryReader.statement(
                Signed.read("a statement", document),
                held.get().contents().root(),
                held.get().contents().publishers());
        return adopt(List.of(document)) > 0;
    }

    /** Keeps statements that were verified.
     * @return how many are new
     * @throws IOException if they cannot be kept */
    synchronized int adopt(List<byte[]> documents) throws IOException {
        int before = all.size();
        for (byte[] document : documents) {
            String id = id(document);
            if (all.size() < MOST && !all.containsKey(id)) {
                all.put(
                        id,
                        new Kept(
                                Statement.claimed(document),
                                Wire.tree(new String(document, StandardCharsets.UTF_8))));
            }
        }
        if (all.size() > before) {
            Disk.write(file, new Content(all.values().stream().map(Kept::signed).toList()));
        }
        return all.size() - before;
    }

    /** All about one repository. */
    synchronized List<Statement> of(String repository) {
        return all.values().stream()
                .map(Kept::statement)
                .filter(statement -> statement.repository().equals(repository))
                .toList();
    }

    synchronized List<String> ids() {
        return List.copyOf(all.keySet());
    }

    /** The signed documents of those that somebody does not have. */
    synchronized List<JsonNode> beside(Set<String> theirs) {
        List<JsonNode> missing = new ArrayList<>();
        all.forEach(
                (id, kept) -> {
                    if (!theirs.contains(id)) {
                        missing.add(kept.signed());
                    }
                });
        return missing;
    }

    /** Equal for two documents that say the same, whoever signed. */
    private static String id(byte[] document) throws CatalogException {
        String text = Signed.read("a statement", document).text();
        return Root.sha256(text.getBytes(StandardCharsets.UTF_8)).substring(0, 32);
    }

    static byte[] bytes(JsonNode signed) {
        return Wire.write(signed).getBytes(StandardCharsets.UTF_8);
    }
}
