package dev.weft.catalog;

import dev.weft.api.catalog.Details.Setting;
import dev.weft.protocol.SkillCard;
import dev.weft.skill.repository.scan.Scan;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** Reads what people want to know of a jar, or of the jars in a zip, without running it. What it cannot read it leaves out. */
final class JarReader {
    private static final int MAX_TEXT = 64 << 10;
    private static final int MAX_CLASS = 1 << 20;
    private static final int MAX_ENTRIES = 4096;
    private static final int MAX_JAR = 64 << 20;

    private final StringBuilder readme = new StringBuilder();
    private final StringBuilder changelog = new StringBuilder();
    private final List<Map<String, String>> skills = new ArrayList<>();
    private final ToolClasses classes = new ToolClasses();
    private final List<Setting> settings = new ArrayList<>();

    private JarReader() {}

    /** What is in a file.
     * @param skills what its skills are, tools among it
     * @param settings what can be set */
    record Inside(String readme, String changelog, List<SkillCard> skills, List<Setting> settings) {
        /** Of a file that is not looked into. */
        static final Inside NOTHING = new Inside("", "", List.of(), List.of());

        /** Ids of the skills. */
        List<String> ids() {
            return skills.stream().map(SkillCard::id).sorted().toList();
        }
    }

    /** Reads a jar, or a zip of jars.
     * @throws IOException if it is none */
    static Inside read(Path file) throws IOException {
        JarReader reader = new JarReader();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.getEntry(JarFile.MANIFEST_NAME) != null) {
                reader.jar(zip);
            } else {
                reader.zip(zip);
            }
        }
        List<SkillCard> cards = new ArrayList<>();
        for (Map<String, String> skill : reader.skills) {
            String id = skill.get("weft.skill");
            if (SkillCard.isId(id)) {
                cards.add(
                        new SkillCard(
                                id,
                                null,
                                skill.get("title"),
                                skill.get("description"),
                                reader.classes.tools(id),
                                permissions(skill.getOrDefault("permissions", "")),
                                ""));
            }
        }
        return new Inside(
                reader.readme.toString(),
                reader.changelog.toString(),
                List.copyOf(cards),
                List.copyOf(reader.settings));
    }

    private static List<String> permissions(String listed) {
        return listed.isBlank()
                ? List.of()
                : List.of(listed.strip().split("\\s*,\\s*")).stream().sorted().distinct().toList();
    }

    private void zip(ZipFile zip) throws IOException {
        for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            if (entry.getName().endsWith(".jar")) {
                byte[] jar = bounded(zip.getInputStream(entry), MAX_JAR);
                try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(jar))) {
                    int count = 0;
                    for (ZipEntry e = in.getNextEntry();
                            e != null && count++ < MAX_ENTRIES;
                            e = in.getNextEntry()) {
                        entry(e.getName(), in);
                    }
                }
            }
        }
    }

    private void jar(ZipFile jar) throws IOException {
        int count = 0;
        for (Enumeration<? extends ZipEntry> all = jar.entries();
                all.hasMoreElements() && count++ < MAX_ENTRIES; ) {
            ZipEntry entry = all.nextElement();
            try (InputStream in = jar.getInputStream(entry)) {
                entry(entry.getName(), in);
            }
        }
    }

    private void entry(String name, InputStream in) throws IOException {
        String lower = name.toLowerCase(Locale.ROOT);
        if (name.equals(JarFile.MANIFEST_NAME)) {
            skills.addAll(
                    Scan.skills(
                            new Manifest(new ByteArrayInputStream(bounded(in, MAX_CLASS)))
                                    .getMainAttributes()));
        } else if (lower.matches("(meta-inf/)?readme(\\.md|\\.txt)?")) {
            text(readme, in);
        } else if (lower.matches("(meta-inf/)?(changelog|changes)(\\.md|\\.txt)?")) {
            text(changelog, in);
        } else if (lower.endsWith(".class") && !lower.startsWith("meta-inf/")) {
            classes.read(bounded(in, MAX_CLASS));
        } else if (lower.startsWith("osgi-inf/metatype/") && lower.endsWith(".xml")) {
            settings.addAll(Metatype.read(bounded(in, MAX_CLASS)));
        }
    }

    private static void text(StringBuilder into, InputStream in) throws IOException {
        if (into.isEmpty()) {
            into.append(new String(in.readNBytes(MAX_TEXT), StandardCharsets.UTF_8));
        }
    }

    private static byte[] bounded(InputStream in, int most) throws IOException {
        byte[] bytes = in.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new IOException("an entry has more than " + most + " bytes");
        }
        return bytes;
    }
}
