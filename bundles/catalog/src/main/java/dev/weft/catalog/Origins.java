package dev.weft.catalog;

import dev.weft.api.catalog.Plan.Member;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where the contents of files came from, by their digest, and what was chosen for skills. The deploy folder says what runs; nothing
 * here repeats that, so a roll back needs no change here. Thread-safe.
 */
final class Origins {
    private static final int MOST = 1000;
    private final Path file;
    private volatile Content content;

    /** Where a file is from.
     * @param bundle the bundle that was asked for */
    record Origin(
            String repository,
            String fingerprint,
            String publisher,
            String bundle,
            String version,
            List<Member> members) {}

    private record Content(
            Map<String, Origin> origins, TreeSet<String> pinned, TreeSet<String> automatic) {}

    Origins(Path file) throws IOException {
        this.file = file;
        content =
                Disk.read(file, Content.class)
                        .orElse(
                                new Content(
                                        new LinkedHashMap<>(), new TreeSet<>(), new TreeSet<>()));
    }

    /** Where a content came from.
     * @return empty if somebody dropped it */
    Optional<Origin> of(String sha256) {
        return Optional.ofNullable(content.origins().get(sha256));
    }

    boolean pinned(String skill) {
        return content.pinned().contains(skill);
    }

    boolean automatic(String skill) {
        return content.automatic().contains(skill);
    }

    /** Remembers origins, the oldest give way. */
    synchronized void add(Map<String, Origin> more) throws IOException {
        Map<String, Origin> all = new LinkedHashMap<>(content.origins());
        all.keySet().removeAll(more.keySet());
        all.putAll(more);
        while (all.size() > MOST) {
            all.remove(all.keySet().iterator().next());
        }
        write(new Content(all, content.pinned(), content.automatic()));
    }

    /** Chooses for a skill.
     * @param pin null to leave it
     * @param auto null to leave it */
    synchronized void choose(String skill, Boolean pin, Boolean auto) throws IOException {
        write(
                new Content(
                        content.origins(),
                        chosen(content.pinned(), skill, pin),
                        chosen(content.automatic(), skill, auto)));
    }

    private static TreeSet<String> chosen(TreeSet<String> before, String skill, Boolean now) {
        TreeSet<String> all = new TreeSet<>(before);
        if (Boolean.TRUE.equals(now)) {
            all.add(skill);
        } else if (now != null) {
            all.remove(skill);
        }
        return all;
    }

    private void write(Content now) throws IOException {
        Disk.write(file, now);
        content = now;
    }
}
