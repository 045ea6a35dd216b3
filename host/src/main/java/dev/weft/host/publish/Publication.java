package dev.weft.host.publish;

import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.CatalogException;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Statement;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a publisher does: signs, and hands over what it signed. */
public final class Publication {
    private final Target target;
    private final Function<String, HostKey[]> keys;
    private final Clock clock;

    /** Publishes to a repository.
     * @param target the repository
     * @param keys finds the publisher's keys for a namespace
     * @param clock the time that documents carry */
    public Publication(Target target, Function<String, HostKey[]> keys, Clock clock) {
        this.target = target;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * What became of a jar.
     *
     * @param bundle symbolic name
     * @param version bundle version
     * @param sha256 of the jar
     * @param length of the jar in bytes
     * @param fresh false if it was published before
     */
    public record Done(String bundle, String version, String sha256, long length, boolean fresh) {}

    /** Publishes jars.
     * @param jars bundles
     * @param unfinished whether to publish versions in the making, {@code 1.0.0.SNAPSHOT}, too
     * @param findings hears what the scan found, for people
     * @return what became of each
     * @throws IOException if one is refused; then none of its namespace is published */
    public List<Done> publish(List<Path> jars, boolean unfinished, List<String> findings)
            throws IOException {
        List<Target.Owner> owners = target.summary().publishers();
        Map<String, Map<Releases.Release, Path>> byNamespace = new TreeMap<>();
        for (Path jar : jars) {
            Releases.Release release = Releases.Release.of(jar, clock);
            if (!unfinished && release.version().endsWith("SNAPSHOT")) {
                throw new IOException(
                        release.id()
                                + " is a version in the making; give the project a version without -SNAPSHOT, since a version is published for good");
            }
            byNamespace
                    .computeIfAbsent(
                            namespace(release.bundle(), owners), any -> new LinkedHashMap<>())
                    .put(release, jar);
        }
        List<Done> done = new ArrayList<>();
        for (Map.Entry<String, Map<Releases.Release, Path>> one : byNamespace.entrySet()) {
            publish(one.getKey(), one.getValue(), findings, done);
        }
        return done;
    }

    private void publish(
            String namespace,
            Map<Releases.Release, Path> jars,
            List<String> findings,
            List<Done> done)
            throws IOException {
        HostKey[] signing = keys.apply(namespace);
        Releases old = own(namespace, signing);
        Map<String, Releases.Release> known =
                old.releases().stream().collect(Collectors.toMap(Releases.Release::id, r -> r));
        List<Releases.Release> fresh = new ArrayList<>();
        Map<String, Path> files = new LinkedHashMap<>();
        for (Map.Entry<Releases.Release, Path> jar : jars.entrySet()) {
            Releases.Release release = jar.getKey();
            Releases.Release before = known.get(release.id());
            if (before != null && !before.sha256().equals(release.sha256())) {
                throw new IOException(
                        release.id()
                                + " is published already, with other bytes; a version is for good: raise it");
            }
            if (before == null) {
                fresh.add(release);
                files.put(release.sha256(), jar.getValue());
            }
            done.add(
                    new Done(
                            release.bundle(),
                            release.version(),
                            release.sha256(),
                            release.length(),
                            before == null));
        }
        if (!fresh.isEmpty()) {
            findings.addAll(target.publish(Signed.write(old.with(fresh), signing), files));
        }
    }

    /** Signs what was published with new keys, once the repository's owner gave them the namespace.
     * @param namespace whose
     * @param old public keys, one of which signed it so far
     * @throws IOException if others signed it, or it is refused */
    public void resign(String namespace, Set<String> old) throws IOException {
        Releases releases = target.releases(namespace, new Role(old, 1));
        target.publish(Signed.write(releases.with(List.of()), keys.apply(namespace)), Map.of());
    }

    /** Yanks or revokes.
     * @param what a skill's id or a bundle's symbolic name
     * @param version bundle version, or {@code *}
     * @param verb yank or revoke
     * @param reason for people
     * @param asOwner in the repository's name, not the publisher's
     * @return the bundle
     * @throws IOException if there is no such release, or it is refused */
    public String state(String what, String version, String verb, String reason, boolean asOwner)
            throws IOException {
        Target.Summary summary = target.summary();
        for (Target.Owner owner : summary.publishers()) {
            Releases releases = target.releases(owner.namespace(), new Role(owner.keys(), 1));
            Map<String, String> skills = target.skills(releases);
            String bundle = skills.getOrDefault(what, what);
            Optional<Releases.Release> found =
                    releases.releases().stream()
                            .filter(r -> r.bundle().equals(bundle))
                            .filter(r -> version.equals("*") || r.version().equals(version))
                            .findFirst();
            if (found.isPresent() && asOwner) {
                target.state(bundle, version, verb, reason);
                return bundle;
            }
            if (found.isPresent()) {
                Statement statement =
                        Statement.of(
                                summary.name(), bundle, version, verb, reason, clock.instant());
                target.state(Signed.write(statement, keys.apply(owner.namespace())));
                return bundle;
            }
        }
        throw new IOException(
                "repository "
                        + summary.name()
                        + " has no "
                        + what
                        + (version.equals("*") ? "" : " of version " + version));
    }

    private Releases own(String namespace, HostKey[] signing) throws IOException {
        Set<String> mine =
                Arrays.stream(signing).map(HostKey::publicKey).collect(Collectors.toSet());
        try {
            return target.releases(namespace, new Role(mine, 1));
        } catch (CatalogException e) {
            if (e.code() != CatalogException.Code.UNSIGNED) {
                throw e;
            }
            throw new IOException(
                    "what "
                            + namespace
                            + " published so far is not signed with your key. If your key is new, sign it with: weft publisher resign "
                            + namespace
                            + " --old OLD_PUBLIC_KEY",
                    e);
        }
    }

    private String namespace(String bundle, List<Target.Owner> owners) throws IOException {
        return owners.stream()
                .map(Target.Owner::namespace)
                .filter(ns -> bundle.equals(ns) || bundle.startsWith(ns + "."))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IOException(
                                        "nobody may publish "
                                                + bundle
                                                + " there yet; its owner gives namespaces: weft publisher grant NAMESPACE PUBLIC_KEY"));
    }

    /** The root that follows, with other keys.
     * @param root keys and threshold of the new {@code root} role; empty to leave it
     * @param online public key that signs publishers and snapshots from then on; "" to leave it
     * @param days until it expires
     * @param signing keys to sign with, beside the repository's own
     * @throws IOException if it is refused */
    public void root(Optional<Role> root, String online, int days, HostKey... signing)
            throws IOException {
        Root now = target.root();
        Root next =
                now.next(
                        clock.instant().plus(java.time.Duration.ofDays(days)),
                        root.orElse(now.root()),
                        online.isEmpty() ? now.snapshot() : Role.of(online),
                        online.isEmpty() ? now.publishers() : Role.of(online));
        target.root(Signed.write(next, signing));
    }
}
