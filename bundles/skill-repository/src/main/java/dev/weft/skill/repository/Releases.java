package dev.weft.skill.repository;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.osgi.framework.Version;

/**
 * All that a publisher ever published into a repository, signed by the publisher.
 *
 * @param type {@code releases}
 * @param namespace whose
 * @param version grows with each change; 0 before the first
 * @param releases at most 20000; a version of a bundle once and for good
 */
public record Releases(String type, String namespace, long version, List<Release> releases) {
    /** The kind of this document. */
    public static final String KIND = "releases";

    /** Checks the fields. */
    public Releases {
        Check.bundle(namespace);
        Check.length(version, Long.MAX_VALUE);
        releases = Check.list(releases, 20_000, "releases");
        Set<String> seen = new HashSet<>();
        for (Release release : releases) {
            Check.check( // also where only the case differs: some disks would keep one of the two
                    seen.add(release.id().toLowerCase(Locale.ROOT)), release.id() + " twice");
            Check.check(
                    Check.owns(namespace, release.bundle()),
                    release.bundle() + " does not belong to namespace " + namespace);
        }
    }

    /** Nothing published yet.
     * @param namespace whose
     * @return version 0 */
    public static Releases none(String namespace) {
        return new Releases(KIND, namespace, 0, List.of());
    }

    /** Reads a publisher's document.
     * @param namespace whose it must be
     * @param document a signed document
     * @param role keys of which enough must have signed it
     * @return what it says
     * @throws CatalogException if it is another's, or others signed it */
    public static Releases signed(String namespace, byte[] document, Role role)
            throws CatalogException {
        String name = RepositoryReader.releases(namespace);
        Releases releases = Signed.read(name, document).open(name, role, KIND, Releases.class);
        if (!releases.namespace().equals(namespace)) {
            throw new CatalogException(
                    CatalogException.Code.NOT_OWNED,
                    name + " speaks for namespace " + releases.namespace());
        }
        return releases;
    }

    /** What a document says that somebody claims to have signed; nothing of it is verified.
     * @param document a signed document
     * @return its content
     * @throws CatalogException if it is none */
    public static Releases claimed(byte[] document) throws CatalogException {
        String name = "the document of releases";
        return Signed.read(name, document).unverified(name, KIND, Releases.class);
    }

    /** Which bundle offers which skill.
     * @param index what {@code index-NAMESPACE.xml} says of these releases
     * @return skill id → symbolic name
     * @throws CatalogException if it is broken, or lists something else */
    public Map<String, String> skills(byte[] index) throws CatalogException {
        String file = Index.part(namespace);
        Map<String, Release> all = new HashMap<>();
        releases.forEach(release -> all.put(release.id(), release));
        Map<String, String> skills = new HashMap<>();
        for (List<Entry.Clause> resource : new Index().read(file, index)) {
            Entry entry = Entry.of(file, resource, all);
            entry.skills().forEach(skill -> skills.put(skill.id(), entry.release().bundle()));
        }
        return skills;
    }

    /** The next document of this publisher.
     * @param more what is published with it; empty to sign the old with new keys
     * @return the document that follows this one, to be signed
     * @throws IllegalArgumentException if one was published before, or belongs to another namespace */
    public Releases with(List<Release> more) {
        Set<String> known = new HashSet<>();
        releases.forEach(release -> known.add(release.id()));
        for (Release release : more) {
            Check.check(
                    known.add(release.id()),
                    release.id()
                            + " is published already; a version is for good: raise Bundle-Version");
        }
        return new Releases(
                type,
                namespace,
                version + 1,
                Stream.concat(releases.stream(), more.stream()).toList());
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

        /** Looks at a jar.
         * @param jar a bundle
         * @param clock for the time of publishing
         * @return what its publisher signs
         * @throws IOException if it is no bundle, or cannot be read */
        public static Release of(Path jar, Clock clock) throws IOException {
            try (JarFile file = new JarFile(jar.toFile())) {
                var main =
                        file.getManifest() == null ? null : file.getManifest().getMainAttributes();
                if (main == null || main.getValue("Bundle-SymbolicName") == null) {
                    throw new IOException(
                            jar + " is not a bundle: its manifest has no Bundle-SymbolicName");
                }
                String bundle = main.getValue("Bundle-SymbolicName").split(";")[0].strip();
                String version = Version.parseVersion(main.getValue("Bundle-Version")).toString();
                byte[] manifest;
                try (var in = file.getInputStream(file.getEntry(JarFile.MANIFEST_NAME))) {
                    manifest = in.readAllBytes();
                }
                return new Release(
                        bundle,
                        version,
                        "jars/" + bundle + "-" + version + ".jar",
                        Root.sha256(jar),
                        Files.size(jar),
                        Root.sha256(manifest),
                        clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
            } catch (IllegalArgumentException e) {
                throw new IOException(jar + " cannot be published: " + e.getMessage(), e);
            }
        }

        /** Name and version.
         * @return {@code bundle/version} */
        public String id() {
            return bundle + "/" + version;
        }
    }
}
