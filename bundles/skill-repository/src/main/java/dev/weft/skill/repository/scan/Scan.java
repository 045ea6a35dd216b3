package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import dev.weft.skill.repository.manifest.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.regex.Pattern;

/**
 * Looks into the jar of a skill. A bundle is a module, not a sandbox: this finds what is written down in bytecode and
 * manifest, not what reflection or a bug reaches. Thread-safe.
 */
public final class Scan {
    private static final Pattern NATIVE =
            Pattern.compile(".*\\.(so(\\.[0-9.]+)?|dll|dylib|jnilib|exe|wasm)");
    private static final Pattern ARCHIVE = Pattern.compile(".*\\.(jar|zip|war|ear|jmod)");
    private final Set<String> known;

    /** Makes a scan.
     * @param known skill ids that others must not be taken for */
    public Scan(Set<String> known) {
        this.known = Set.copyOf(known);
    }

    /** Scans.
     * @param jar a file
     * @return what came out; never an exception for what is in the file */
    public Report scan(Path jar) {
        Findings findings = new Findings();
        try {
            scan(Archive.read(jar, findings), findings);
        } catch (NotScanned e) {
            return new Report(Report.Status.NOT_SCANNED, e.getMessage(), findings.list());
        }
        return new Report(
                findings.list().isEmpty() ? Report.Status.PASSED : Report.Status.FINDINGS,
                "",
                findings.list());
    }

    private void scan(Map<String, byte[]> entries, Findings findings) throws NotScanned {
        Attributes main = ManifestFindings.read(entries, findings);
        List<Headers.Clause> skills = ManifestFindings.headers(main, known, findings);
        ClassReading reading = new ClassReading(findings);
        for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
            content(entry.getKey(), entry.getValue(), reading, findings);
        }
        Reach reach = new Reach(reading.classes);
        enter(main, new Components(entries, findings), reading, reach);
        services(entries, reach);
        reach.run();
        CodeFindings code =
                new CodeFindings(
                        reading.classes.values(),
                        reach,
                        ManifestFindings.declared(skills),
                        findings);
        code.run();
        ManifestFindings.compare(skills, code.permissions(), reading.skills, findings);
    }

    /** The skills that a manifest offers.
     * @param main of the manifest
     * @return the attributes of each
     * @throws IOException if the header is broken */
    public static List<Map<String, String>> skills(Attributes main) throws IOException {
        try {
            return ManifestFindings.skills(main).stream().map(Headers.Clause::attributes).toList();
        } catch (NotScanned e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Tells whether a person would take one name for the other.
     * @param one a name
     * @param other a name
     * @return true if they differ in nothing that the eye sees; also if they are equal */
    public static boolean alike(String one, String other) {
        return Names.joined(one).equals(Names.joined(other));
    }

    private static void content(String name, byte[] bytes, ClassReading reading, Findings findings)
            throws NotScanned {
        String lower = name.toLowerCase(Locale.ROOT);
        if (Kind.machineCode(bytes) || NATIVE.matcher(lower).matches()) {
            findings.high(
                    "native-code",
                    Wire.quote(name) + " is machine code, which no check sees through");
        }
        if (Kind.zip(bytes) || ARCHIVE.matcher(lower).matches()) {
            nested(name, bytes, findings);
        } else if (Kind.packed(bytes)) {
            findings.medium(
                    "packed-data", Wire.quote(name) + " is packed data, which is not looked into");
        }
        if (Kind.javaClass(bytes) || lower.endsWith(".class")) {
            if (!lower.endsWith(".class")) {
                findings.high(
                        "hidden-class",
                        Wire.quote(name) + " is a class that does not look like one");
            }
            reading.read(name, bytes);
        }
        Secrets.check(name, bytes, findings);
    }

    /** An archive of data is one; with code in it, or if it cannot be opened, it hides something. */
    private static void nested(String name, byte[] bytes, Findings findings) {
        Findings inside = new Findings();
        boolean hides;
        try {
            Map<String, byte[]> entries = Archive.read(bytes, inside);
            hides = !inside.list().isEmpty();
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                String lower = entry.getKey().toLowerCase(Locale.ROOT);
                hides |=
                        Kind.javaClass(entry.getValue())
                                || Kind.machineCode(entry.getValue())
                                || Kind.zip(entry.getValue())
                                || lower.endsWith(".class")
                                || NATIVE.matcher(lower).matches()
                                || ARCHIVE.matcher(lower).matches();
                Secrets.check(name + "!/" + entry.getKey(), entry.getValue(), findings);
            }
        } catch (NotScanned unreadable) {
            hides = true;
        }
        if (hides) {
            findings.high(
                    "nested-archive",
                    Wire.quote(name)
                            + " is an archive within the jar that holds code, or cannot be opened");
        }
    }

    /** Entry points: components, skills, what an activator would start, what is exported; all, if there is nothing of that. */
    private static void enter(
            Attributes main, Components components, ClassReading reading, Reach reach)
            throws NotScanned {
        Set<String> roots =
                new LinkedHashSet<>(
                        components.read(ManifestFindings.clauses(main, "Service-Component")));
        String activator = main.getValue("Bundle-Activator");
        if (activator != null) {
            roots.add(activator.strip().replace('.', '/'));
        }
        reading.classes.values().stream().filter(c -> c.skill).forEach(c -> roots.add(c.name));
        Set<String> exported = new TreeSet<>();
        for (Headers.Clause export : ManifestFindings.clauses(main, "Export-Package")) {
            export.names().forEach(name -> exported.add(name.replace('.', '/')));
        }
        roots.removeIf(name -> !reading.classes.containsKey(name));
        if (roots.isEmpty() && exported.isEmpty()) {
            roots.addAll(reading.classes.keySet());
        }
        roots.forEach(name -> reach.everything(name, null));
        reach.exported(exported);
    }

    /** What a service loader would find. */
    private static void services(Map<String, byte[]> entries, Reach reach) {
        entries.forEach(
                (name, bytes) -> {
                    if (name.startsWith("META-INF/services/")) {
                        for (String line : new String(bytes, StandardCharsets.UTF_8).split("\\R")) {
                            reach.everything(line.split("#", 2)[0].strip().replace('.', '/'), null);
                        }
                    }
                });
    }
}
