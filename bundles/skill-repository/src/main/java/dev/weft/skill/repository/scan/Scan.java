package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/**
 * Looks into the jar of a skill. A bundle is a module, not a sandbox: this finds what is written down in bytecode and
 * manifest, not what reflection or a bug reaches. Thread-safe.
 */
public final class Scan {
    private static final Pattern RANKING = Pattern.compile("service\\.ranking");
    private static final Pattern PROVIDED = Pattern.compile("<provide\\s+interface=\"([^\"]+)\"");

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
            Map<String, byte[]> entries = Archive.read(jar, findings);
            Attributes main = manifest(entries);
            List<Headers.Clause> skills = headers(main, findings);
            Reach reach = new Reach(findings);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                content(entry.getKey(), entry.getValue(), reach, findings);
            }
            declared(skills, reach, findings);
        } catch (NotScanned e) {
            return new Report(Report.Status.NOT_SCANNED, e.getMessage(), findings.list());
        }
        return new Report(
                findings.list().isEmpty() ? Report.Status.PASSED : Report.Status.FINDINGS,
                "",
                findings.list());
    }

    /** The skills that a manifest offers.
     * @param main of the manifest
     * @return the attributes of each
     * @throws IOException if the header is broken */
    public static List<Map<String, String>> skills(Attributes main) throws IOException {
        try {
            return cards(main).stream().map(Headers.Clause::attributes).toList();
        } catch (NotScanned e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static List<Headers.Clause> cards(Attributes main) throws NotScanned {
        return Headers.parse(main.getValue("Provide-Capability")).stream()
                .filter(c -> c.named("weft.skill"))
                .toList();
    }

    private static Attributes manifest(Map<String, byte[]> entries) throws NotScanned {
        byte[] bytes = entries.get(JarFile.MANIFEST_NAME);
        if (bytes == null) {
            throw new NotScanned("it has no manifest");
        }
        try {
            return new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes();
        } catch (IOException e) {
            throw new NotScanned("its manifest is broken: " + e.getMessage());
        }
    }

    private List<Headers.Clause> headers(Attributes main, Findings findings) throws NotScanned {
        for (String header :
                List.of(
                        "Fragment-Host",
                        "DynamicImport-Package",
                        "Bundle-NativeCode",
                        "Bundle-Activator",
                        "Bundle-ClassPath")) {
            String value = main.getValue(header);
            if (value != null && !value.strip().equals(".")) {
                findings.high(
                        "forbidden-header",
                        "the manifest has " + header + ": " + Wire.quote(value));
            }
        }
        for (Headers.Clause export : Headers.parse(main.getValue("Export-Package"))) {
            for (String name : export.names()) {
                if (name.matches(
                        "(java|javax|org\\.osgi|dev\\.weft|dev\\.langchain4j|org\\.slf4j|com\\.fasterxml)(\\..*)?")) {
                    findings.high(
                            "replaces-host-package",
                            "it exports " + name + ", which belongs to the host");
                }
            }
        }
        List<Headers.Clause> skills = cards(main);
        for (Headers.Clause skill : skills) {
            String id = skill.attributes().getOrDefault("weft.skill", "");
            Texts.check("the id", id, findings);
            Texts.check(
                    "the title of " + id, skill.attributes().getOrDefault("title", ""), findings);
            Texts.check(
                    "the description of " + id,
                    skill.attributes().getOrDefault("description", ""),
                    findings);
            Texts.near(id, known, findings);
        }
        return skills;
    }

    private static void content(String name, byte[] bytes, Reach reach, Findings findings)
            throws NotScanned {
        String lower = name.toLowerCase(Locale.ROOT);
        if (Kind.machineCode(bytes) || lower.matches(".*\\.(so|dll|dylib|jnilib|exe)")) {
            findings.high(
                    "native-code",
                    Wire.quote(name) + " is machine code, which no check sees through");
        }
        if (Kind.zip(bytes) || lower.matches(".*\\.(jar|zip|war)")) {
            findings.high(
                    "nested-archive",
                    Wire.quote(name) + " is an archive within the jar, which is not looked into");
        }
        if (lower.matches("(.*/)?(\\.env|id_(rsa|ed25519|ecdsa)|.*\\.(p12|pfx|jks))")) {
            findings.high("secret", Wire.quote(name) + " looks like a file of secrets");
        }
        if (Kind.javaClass(bytes) || lower.endsWith(".class")) {
            if (!lower.endsWith(".class")) {
                findings.high(
                        "hidden-class",
                        Wire.quote(name) + " is a class that does not look like one");
            }
            reach.read(name, bytes);
        }
        if (lower.startsWith("osgi-inf/") && lower.endsWith(".xml")) {
            component(name, new String(bytes, StandardCharsets.UTF_8), findings);
        }
        Texts.secrets(Wire.quote(name), bytes, findings);
    }

    private static void component(String name, String xml, Findings findings) {
        if (RANKING.matcher(xml).find()) {
            findings.high(
                    "service-ranking", name + " sets service.ranking, to be chosen before others");
        }
        PROVIDED.matcher(xml)
                .results()
                .map(m -> m.group(1))
                .filter(
                        service ->
                                service.matches(
                                        "(dev\\.weft\\.api|org\\.osgi|dev\\.langchain4j|org\\.apache)\\..*"))
                .forEach(
                        service ->
                                findings.high(
                                        "host-service",
                                        name
                                                + " offers "
                                                + service
                                                + ", which is the host's to offer"));
    }

    private static void declared(List<Headers.Clause> skills, Reach reach, Findings findings) {
        Set<String> declared = new TreeSet<>();
        Set<String> ids = new TreeSet<>();
        for (Headers.Clause skill : skills) {
            ids.add(skill.attributes().get("weft.skill"));
            for (String permission :
                    skill.attributes().getOrDefault("permissions", "").split(",")) {
                declared.add(permission.strip());
            }
        }
        reach.permissions()
                .forEach(
                        (permission, place) -> {
                            if (!declared.contains(permission)) {
                                findings.high(
                                        "undeclared-" + permission,
                                        place
                                                + ", but the manifest does not declare permission "
                                                + permission);
                            }
                        });
        for (Map<String, Object> skill : reach.skills()) {
            boolean same =
                    ids.contains(String.valueOf(skill.get("id")))
                            && (!(skill.get("permissions") instanceof Set<?> own)
                                    || declared.containsAll(own));
            if (!same) {
                findings.high(
                        "lying-manifest",
                        "the code has skill "
                                + Wire.quote(String.valueOf(skill.get("id")))
                                + " with "
                                + skill.getOrDefault("permissions", Set.of())
                                + ", the manifest "
                                + ids
                                + " with "
                                + declared);
            }
        }
        if (reach.skills().size() != skills.size()) {
            findings.high(
                    "lying-manifest",
                    "the code has "
                            + reach.skills().size()
                            + " skills, the manifest "
                            + skills.size());
        }
    }
}
