package dev.weft.host.publish;

import dev.weft.api.identity.HostKey;
import dev.weft.skill.repository.Publishers;
import dev.weft.skill.repository.Releases;
import dev.weft.skill.repository.RepositoryWriter;
import dev.weft.skill.repository.Role;
import dev.weft.skill.repository.Root;
import dev.weft.skill.repository.Signed;
import dev.weft.skill.repository.Snapshot;
import dev.weft.skill.repository.Statement;
import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import dev.weft.skill.repository.scan.Scan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** A repository in a folder, such as one that a web server shows or a stick carries; its owner's keys sign each change. */
public final class Folder implements Target {
    private final Path folder;
    private final Clock clock;
    private final Duration life;
    private final Supplier<HostKey[]> owners;
    private final RepositoryWriter writer;

    /** Works on a folder.
     * @param folder of the repository
     * @param clock the time that documents carry
     * @param life until a snapshot expires
     * @param owners the repository's own keys, asked for when something is to be signed */
    public Folder(Path folder, Clock clock, Duration life, Supplier<HostKey[]> owners) {
        this.folder = folder;
        this.clock = clock;
        this.life = life;
        this.owners = owners;
        this.writer = new RepositoryWriter(folder, clock);
    }

    /** Makes a repository.
     * @param name of it
     * @param key its own
     * @throws IOException if there is one, or it cannot be written */
    public void create(String name, HostKey key) throws IOException {
        writer.create(name, key);
        writer.snapshot(life, key);
    }

    /** Signs what it holds anew.
     * @throws IOException if it cannot be written */
    public void sign() throws IOException {
        writer.snapshot(life, keys());
    }

    /** The repository's keys, if they are those that the root wants: else nobody could read what they sign. */
    private HostKey[] keys() throws IOException {
        HostKey[] keys = owners.get();
        Root root = writer.root();
        for (Role role : List.of(root.publishers(), root.snapshot())) {
            long good =
                    Arrays.stream(keys)
                            .filter(key -> role.keys().contains(key.publicKey()))
                            .count();
            if (good < role.threshold()) {
                throw new IOException(
                        "root "
                                + root.version()
                                + " of the repository wants "
                                + role.threshold()
                                + " of the keys "
                                + role.keys()
                                + "; name their files with --owner");
            }
        }
        return keys;
    }

    @Override
    public Summary summary() throws IOException {
        Root root = writer.root(1);
        List<Owner> publishers = new ArrayList<>();
        int releases = 0;
        for (Publishers.Publisher publisher : writer.publishers().publishers()) {
            int own = writer.releases(publisher.namespace()).releases().size();
            releases += own;
            publishers.add(
                    new Owner(
                            publisher.namespace(),
                            new TreeSet<>(publisher.role().keys()),
                            writer.pending(publisher.namespace())
                                    .<Set<String>>map(p -> new TreeSet<>(p.role().keys()))
                                    .orElse(Set.of()),
                            own));
        }
        return new Summary(
                root.repository(),
                root.fingerprint(),
                writer.snapshot().map(Snapshot::expires).orElse(""),
                releases,
                publishers);
    }

    @Override
    public Releases releases(String namespace, Role role) throws IOException {
        Path file = folder.resolve("publishers").resolve(namespace + ".json");
        return Files.exists(file)
                ? Releases.signed(namespace, Files.readAllBytes(file), role)
                : Releases.none(namespace);
    }

    @Override
    public Map<String, String> skills(Releases releases) throws IOException {
        Path index = folder.resolve("index-" + releases.namespace() + ".xml");
        return Files.exists(index) ? releases.skills(Files.readAllBytes(index)) : Map.of();
    }

    @Override
    public List<String> publish(byte[] document, Map<String, Path> jars) throws IOException {
        List<String> findings = new ArrayList<>();
        for (Path jar : jars.values()) {
            findings.addAll(scanned(jar));
        }
        writer.accept(document, release -> jars.get(release.sha256()), keys());
        sign();
        return findings;
    }

    private List<String> scanned(Path jar) throws IOException {
        Map<String, String> known = writer.skills();
        String bundle = Releases.Release.of(jar, clock).bundle();
        known.values().removeIf(bundle::equals);
        Report report = new Scan(new HashSet<>(known.keySet())).scan(jar);
        List<String> findings =
                report.findings().stream().map(finding -> words(bundle, finding)).toList();
        if (report.status() == Report.Status.NOT_SCANNED) {
            throw new IOException(bundle + " could not be scanned: " + report.reason());
        }
        if (report.blocks()) {
            throw new IOException(bundle + " is not taken: " + String.join("; ", findings));
        }
        return findings;
    }

    private static String words(String bundle, Finding finding) {
        return bundle
                + ": "
                + finding.severity().name().toLowerCase(Locale.ROOT)
                + " "
                + finding.name()
                + ": "
                + finding.explanation();
    }

    @Override
    public void state(byte[] statement) throws IOException {
        writer.accept(statement, keys());
        sign();
    }

    @Override
    public void state(String bundle, String version, String verb, String reason)
            throws IOException {
        writer.state(
                Statement.of(
                        writer.root().repository(), bundle, version, verb, reason, clock.instant()),
                keys());
        sign();
    }

    @Override
    public boolean grant(String namespace, Set<String> keys, int threshold) throws IOException {
        boolean now =
                writer.publisher(
                        new Publishers.Publisher(namespace, namespace, new Role(keys, threshold)),
                        keys());
        sign();
        return now;
    }

    @Override
    public void withdraw(String namespace) throws IOException {
        if (!writer.remove(namespace, keys())) {
            throw new IOException("nobody has the namespace " + namespace);
        }
        sign();
    }

    @Override
    public Root root() throws IOException {
        return writer.root();
    }

    @Override
    public void root(byte[] document) throws IOException {
        byte[] signed = Signed.read("the new root", document).with(owners.get());
        writer.root().successor(signed); // refuses what readers would
        writer.root(signed, owners.get());
        sign();
    }
}
