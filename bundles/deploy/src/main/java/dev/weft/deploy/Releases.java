package dev.weft.deploy;

import dev.weft.deploy.Audit.Facts;
import dev.weft.deploy.Release.Member;
import dev.weft.deploy.Staging.Staged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Reads a file into a release: copied, audited, and unpacked if it is a zip of jars. Thread-safe; takes its time. */
final class Releases {
    private static final int MAX_JARS = 32;
    private final Staging staging;
    private final Predicate<String> ofHost;
    private final Set<String> audited = ConcurrentHashMap.newKeySet();

    /** Begins with nothing.
     * @param ofHost tells the symbolic names of the host's own bundles
     * @param audited digests that passed in an earlier run */
    Releases(Staging staging, Predicate<String> ofHost, Set<String> audited) {
        this.staging = staging;
        this.ofHost = ofHost;
        this.audited.addAll(audited);
    }

    /** Takes a private copy of a file and reads that.
     * @throws Refusal with the reason
     * @throws IOException if the file cannot be read */
    Release take(Path file) throws IOException, Refusal {
        return read(staging.take(file));
    }

    /** Reads a copy that was kept.
     * @throws Refusal if it is not what it was
     * @throws IOException if it is not there */
    Release kept(String sha256) throws IOException, Refusal {
        Staged staged = staging.take(staging.path(sha256));
        if (!staged.sha256().equals(sha256)) {
            throw new Refusal("its kept copy was changed on disk");
        }
        return read(staged);
    }

    private Release read(Staged staged) throws IOException, Refusal {
        if (!audited.contains(staged.sha256())) {
            Audit.entries(staged.path());
        }
        List<Member> members = new ArrayList<>();
        if (Audit.isBundle(staged.path())) {
            members.add(member(staged));
        } else {
            unpack(staged.path(), members);
        }
        if (members.stream().allMatch(member -> member.facts().skills().isEmpty())) {
            throw new Refusal(
                    "is a bundle but offers no skill: no class carries @Skill, or it was not built with bnd");
        }
        // Libraries start first, so that what a skill needs of them is there.
        members.sort(
                Comparator.comparing((Member member) -> !member.facts().skills().isEmpty())
                        .thenComparing(member -> member.facts().bundle()));
        audited.add(staged.sha256());
        return Release.of(staged.sha256(), members);
    }

    private Member member(Staged jar) throws Refusal {
        Facts facts = Audit.manifest(jar.path(), ofHost);
        return new Member(facts, jar.path());
    }

    private void unpack(Path pack, List<Member> members) throws IOException, Refusal {
        Set<String> names = new HashSet<>();
        try (ZipFile zip = new ZipFile(pack.toFile())) {
            List<? extends ZipEntry> jars =
                    zip.stream().filter(entry -> entry.getName().endsWith(".jar")).toList();
            if (jars.isEmpty()) {
                throw new Refusal(
                        "is not a bundle: its manifest has no Bundle-SymbolicName, and it holds no jars");
            }
            if (jars.size() > MAX_JARS) {
                throw new Refusal("holds " + jars.size() + " jars, the limit is " + MAX_JARS);
            }
            for (ZipEntry entry : jars) {
                Member member = inner(zip, entry);
                if (!names.add(member.facts().bundle())) {
                    throw new Refusal("holds two jars of bundle " + member.facts().bundle());
                }
                members.add(member);
            }
        }
    }

    private Member inner(ZipFile zip, ZipEntry entry) throws IOException, Refusal {
        try (InputStream in = zip.getInputStream(entry)) {
            Staged jar = staging.take(in);
            if (!audited.contains(jar.sha256())) {
                Audit.entries(jar.path());
                audited.add(jar.sha256());
            }
            return member(jar);
        } catch (Refusal e) {
            throw new Refusal("holds " + entry.getName() + ", which " + e.getMessage(), e);
        }
    }
}
