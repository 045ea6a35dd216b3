package dev.weft.skill.repository;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
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
    public static final String KIND = "publishers";

    /** Checks the fields. */
    public Publishers {
        Check.version(version);
        publishers =
                Check.list(publishers, 1000, "publishers").stream()
                        .sorted(Comparator.comparing(Publisher::namespace))
                        .toList();
        Set<String> seen = new HashSet<>();
        for (Publisher publisher : publishers) {
            Check.check( // also where only the case differs: people and disks take them for one
                    seen.add(publisher.namespace().toLowerCase(Locale.ROOT)),
                    "namespace "
                            + publisher.namespace()
                            + " twice, whatever the case of its letters");
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
        for (int end = bundle.length(); end > 0; end = bundle.lastIndexOf('.', end - 1)) {
            Optional<Publisher> owner = named(bundle.substring(0, end));
            if (owner.isPresent()) {
                return owner;
            }
        }
        return Optional.empty();
    }

    private Optional<Publisher> named(String namespace) {
        int from = 0;
        int to = publishers.size() - 1;
        while (from <= to) {
            int middle = (from + to) >>> 1;
            int order = publishers.get(middle).namespace().compareTo(namespace);
            if (order == 0) {
                return Optional.of(publishers.get(middle));
            }
            from = order < 0 ? middle + 1 : from;
            to = order < 0 ? to : middle - 1;
        }
        return Optional.empty();
    }

    /**
     * An owner of a namespace.
     *
     * @param namespace at most 120 characters; bundles are called like it, or start with it and a dot
     * @param name for people
     * @param role its keys
     */
    public record Publisher(String namespace, String name, Role role) {
        /** Checks the fields. */
        public Publisher {
            Check.bundle(namespace);
            Check.check(namespace.length() <= 120, "a namespace has at most 120 characters");
            Check.check(name != null && name.length() <= 100, "a publisher has a name");
            Check.shown(name, "the name of publisher " + namespace);
            Check.check(role != null, "publisher " + namespace + " has no keys");
        }
    }
}
