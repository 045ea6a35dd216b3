package dev.weft.skill.repository;

import aQute.bnd.osgi.repository.XMLResourceGenerator;
import aQute.bnd.osgi.resource.ResourceBuilder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.resource.Resource;

/**
 * Writes the index with bnd: one file for each publisher, and {@code index.xml}, which refers to them. So a reader fetches what changed, and
 * a writer indexes no jar twice. Use once.
 */
final class IndexWriter {
    private static final Pattern INCREMENT = Pattern.compile("increment=[\"'](\\d+)[\"']");

    private final Path folder;
    private final List<String> parts = new ArrayList<>();

    IndexWriter(Path folder) {
        this.folder = folder;
    }

    /** Lists what a publisher published, unless its file does so already.
     * @return the name of the file */
    String part(Releases releases) throws IOException {
        String name = Index.part(releases.namespace());
        parts.add(name);
        if (increment(folder.resolve(name)) != releases.version()) {
            List<Resource> resources = new ArrayList<>();
            for (Releases.Release release : releases.releases()) {
                resources.add(resource(release));
            }
            write(
                    name,
                    new XMLResourceGenerator()
                            .name(releases.namespace())
                            .increment(releases.version())
                            .resources(resources));
        }
        return name;
    }

    /** Refers to all parts. */
    void whole(long version) throws IOException {
        XMLResourceGenerator index = new XMLResourceGenerator().name("weft").increment(version);
        for (String part : parts) {
            index.referral(URI.create(part), 1);
        }
        write(RepositoryReader.INDEX, index);
    }

    private Resource resource(Releases.Release release) throws IOException {
        ResourceBuilder builder = new ResourceBuilder();
        try {
            builder.addFile(folder.resolve(release.file()).toFile(), URI.create(release.file()));
        } catch (Exception e) { // bnd declares no other
            throw new IOException(release.file() + " cannot be indexed: " + e.getMessage(), e);
        }
        return builder.build();
    }

    private void write(String name, XMLResourceGenerator xml) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        xml.save(out);
        LocalCopy.replace(folder.resolve(name), out.toByteArray());
    }

    /** The version of the releases that a file lists; 0 if there is none. */
    private static long increment(Path file) throws IOException {
        if (!Files.exists(file)) {
            return 0;
        }
        String start;
        try (var in = Files.newInputStream(file)) {
            start = new String(in.readNBytes(1000), StandardCharsets.UTF_8);
        }
        Matcher found = INCREMENT.matcher(start);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }
}
