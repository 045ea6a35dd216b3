package dev.weft.skill.repository;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All that a publisher ever published into a repository, signed by the publisher.
 *
 * @param type {@code releases}
 * @param namespace whose
 * @param version grows with each change
 * @param releases at most 20000; a version of a bundle once and for good
 */
public record Releases(String type, String namespace, long version, List<Release> releases) {
    /** The kind of this document. */
    static final String KIND = "releases";

    /** Checks the fields. */
    public Releases {
        Check.bundle(namespace);
        Check.version(version);
        releases = Check.list(releases, 20_000, "releases");
        Set<String> seen = new HashSet<>();
        for (Release release : releases) {
            Check.check(seen.add(release.id()), release.id() + " twice");
            Check.check(
                    Check.owns(namespace, release.bundle()),
                    release.bundle() + " does not belong to namespace " + namespace);
        }
    }

    /**
     * One version of one bundle.
     *
     * @param bundle symbolic name
     * @param version bundle version
     * @param file path of the jar in the repository
     * @param sha256 of the whole jar, hex: no byte before, after or within it may change
     * @param length of the jar in bytes; at most 64 MiB
     * @param manifest SHA-256 of its manifest, hex
     * @param published ISO 8601, UTC
     */
    public record Release(
            String bundle,
            String version,
            String file,
            String sha256,
            long length,
            String manifest,
            String published) {
        /** Checks the fields. */
        public Release {
            Check.bundle(bundle);
            Check.bundleVersion(version);
            Check.file(file);
            Check.digest(sha256);
            Check.length(length, 64 << 20);
            Check.digest(manifest);
            Check.time(published);
        }

        /** Name and version.
         * @return {@code bundle/version} */
        public String id() {
            return bundle + "/" + version;
        }
    }
}
