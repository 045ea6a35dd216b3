package dev.weft.api.catalog;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;

/**
 * What a host has from repositories, exactly: the content of {@code skills.lock}.
 *
 * @param version of this format: 1
 * @param skills one for each file, by name
 * @param others files that somebody dropped: they are named, but not had from here
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record Lock(int version, List<Locked> skills, List<Other> others) {
    /** Fills in what is absent. */
    public Lock {
        skills = skills == null ? List.of() : List.copyOf(skills);
        others = others == null ? List.of() : List.copyOf(others);
    }

    /**
     * A file of a repository.
     *
     * @param file its name in the deploy folder
     * @param sha256 of the file, hex
     * @param repository name
     * @param fingerprint of the repository's first root
     * @param bundle the bundle that was asked for
     * @param version its version
     * @param members all bundles of the file
     * @param pinned whether updates leave it as it is
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    public record Locked(
            String file,
            String sha256,
            String repository,
            String fingerprint,
            String bundle,
            String version,
            List<Plan.Member> members,
            boolean pinned) {
        /** Fills in what is absent. */
        public Locked {
            members = members == null ? List.of() : List.copyOf(members);
        }
    }

    /**
     * A file that came another way.
     *
     * @param file its name
     * @param sha256 of the file, hex
     */
    public record Other(String file, String sha256) {}
}
