package dev.weft.skill.repository;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which key owns which namespace. A key that was lost or stolen is replaced here, by the repository.
 *
 * @param type {@code publishers}
 * @param version grows with each change
 * @param publishers at most 1000; no namespace lies within another
 */
public record Publishers(String type, long version, List<Publisher> publishers) {
    /** The kind of this document. */
    static final String KIND = "publishers";

    /** Checks the fields. */
    public Publishers {
        Check.version(version);
        publishers = Check.list(publishers, 1000, "publishers");
        Set<String> seen = new HashSet<>();
        for (Publisher publisher : publishers) {
            Check.check(
                    seen.add(publisher.namespace()),
                    "namespace " + publisher.namespace() + " twice");
        }
        for (String namespace : seen) {
            for (int dot = namespace.lastIndexOf('.');
                    dot > 0;
                    dot = namespace.lastIndexOf('.', dot - 1)) {
                Check.check(
                        !seen.contains(namespace.substring(0, dot)),
                        "namespace " + namespace + " lies within another");
            }
        }
    }

    /** Who owns a bundle's name.
     * @param bundle symbolic name
     * @return the publisher, if there is one */
    public Optional<Publisher> owner(String bundle) {
        return publishers.stream().filter(p -> Check.owns(p.namespace(), bundle)).findFirst();
    }

    /**
     * An owner of a namespace.
     *
     * @param namespace bundles are called like it, or start with it and a dot
     * @param name for people
     * @param role its keys
     */
    public record Publisher(String namespace, String name, Role role) {
        /** Checks the fields. */
        public Publisher {
            Check.bundle(namespace);
            Check.check(name != null && name.length() <= 100, "a publisher has a name");
            Check.check(role != null, "publisher " + namespace + " has no keys");
        }
    }
}
