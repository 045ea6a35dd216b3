package dev.weft.skill.repository;

import static dev.weft.skill.repository.CatalogException.Code.LIES;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A release with what the index says of it.
 *
 * @param release the signed release
 * @param skills what it offers
 * @param clauses capabilities and requirements, as OSGi has them, without identity and content, which the release tells
 */
public record Entry(Releases.Release release, List<Card> skills, List<Clause> clauses) {
    private static final Set<String> SAID_BY_RELEASE =
            Set.of("osgi.identity", "osgi.content", "osgi.wiring.host");

    /**
     * A skill as the manifest shows it.
     *
     * @param id skill id
     * @param title for people
     * @param description for people and models
     * @param permissions what it says that it reaches
     */
    public record Card(String id, String title, String description, List<String> permissions) {
        static Card of(Map<String, String> attributes) {
            String permissions = attributes.getOrDefault("permissions", "");
            return new Card(
                    attributes.getOrDefault("weft.skill", ""),
                    attributes.getOrDefault("title", ""),
                    attributes.getOrDefault("description", ""),
                    permissions.isBlank()
                            ? List.of()
                            : List.of(permissions.split("\\s*,\\s*")).stream().sorted().toList());
        }
    }

    /**
     * One capability or requirement.
     *
     * @param capability false for a requirement
     * @param namespace such as {@code weft.skill}
     * @param attributes as text; lists keep their commas
     * @param directives as text
     */
    public record Clause(
            boolean capability,
            String namespace,
            Map<String, String> attributes,
            Map<String, String> directives) {}

    /** Joins a resource of the index with the release that its publisher signed.
     * @throws CatalogException if they do not say the same */
    static Entry of(String index, List<Clause> clauses, Map<String, Releases.Release> releases)
            throws CatalogException {
        Map<String, String> identity = one(index, clauses, "osgi.identity");
        Map<String, String> content = one(index, clauses, "osgi.content");
        String id = identity.get("osgi.identity") + "/" + identity.get("version");
        Releases.Release release = releases.get(id);
        if (release == null) {
            throw new CatalogException(
                    LIES, index + " lists " + id + ", which no publisher signed");
        }
        if (!release.sha256().equalsIgnoreCase(content.get("osgi.content"))
                || !release.file().equals(content.get("url"))
                || !Long.toString(release.length()).equals(content.get("size"))) {
            throw new CatalogException(
                    LIES, index + " has another file for " + id + " than its publisher signed");
        }
        return new Entry(
                release,
                cards(clauses),
                clauses.stream().filter(c -> !SAID_BY_RELEASE.contains(c.namespace())).toList());
    }

    private static List<Card> cards(List<Clause> clauses) {
        return clauses.stream()
                .filter(c -> c.capability() && c.namespace().equals("weft.skill"))
                .map(c -> Card.of(c.attributes()))
                .toList();
    }

    private static Map<String, String> one(String index, List<Clause> clauses, String namespace)
            throws CatalogException {
        return clauses.stream()
                .filter(c -> c.capability() && c.namespace().equals(namespace))
                .findFirst()
                .orElseThrow(
                        () ->
                                new CatalogException(
                                        CatalogException.Code.MALFORMED,
                                        index + " has a resource without " + namespace))
                .attributes();
    }
}
