package dev.weft.deploy;

import dev.weft.deploy.Audit.Facts;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.framework.Version;

/**
 * What one file holds: a skill bundle, or several bundles that come and go together.
 *
 * @param sha256 of the file, in hex
 * @param name symbolic name of its skill bundle, several joined by {@code +}; what has the same name replaces it
 * @param version of its first skill bundle
 * @param members libraries first, then skill bundles by name; at least one is a skill bundle
 */
record Release(String sha256, String name, Version version, List<Member> members) {
    /** One bundle of it.
     * @param facts what its manifest says
     * @param path private copy */
    record Member(Facts facts, Path path) {}

    static Release of(String sha256, List<Member> members) {
        List<Facts> skills =
                members.stream().map(Member::facts).filter(f -> !f.skills().isEmpty()).toList();
        String name = skills.stream().map(Facts::bundle).collect(Collectors.joining("+"));
        return new Release(sha256, name, skills.get(0).version(), List.copyOf(members));
    }

    /** Ids of the skills of all its bundles. */
    Set<String> skills() {
        Set<String> all = new TreeSet<>();
        members.forEach(member -> all.addAll(member.facts().skills()));
        return all;
    }

    /** Symbolic names of all its bundles. */
    Set<String> bundles() {
        return members.stream().map(member -> member.facts().bundle()).collect(Collectors.toSet());
    }

    boolean isOne() {
        return members.size() == 1;
    }
}
