package dev.weft.skill.repository.scan;

import dev.weft.protocol.Wire;
import dev.weft.skill.repository.manifest.Headers;
import dev.weft.skill.repository.manifest.ManifestRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;

/** What a manifest may not say, and whether it says what the code says. */
final class ManifestFindings {
    private static final Pattern HOST_PACKAGE =
            Pattern.compile(
                    "(java|javax|jakarta|jdk|sun|org\\.osgi|org\\.apache\\.felix|dev\\.weft|dev\\.langchain4j|org\\.slf4j|ch\\.qos\\.logback|com\\.fasterxml)(\\..*)?");
    private static final List<String> FORBIDDEN_HEADERS =
            List.of(
                    "Fragment-Host",
                    "DynamicImport-Package",
                    "Bundle-NativeCode",
                    "Bundle-Activator",
                    "ExtensionBundle-Activator",
                    "Require-Bundle",
                    "Launcher-Agent-Class",
                    "Premain-Class",
                    "Bundle-ClassPath");

    private ManifestFindings() {}

    /** The manifest that all readers read alike.
     * @throws NotScanned if there is none, or it cannot be read */
    static Attributes read(Map<String, byte[]> entries, Findings findings) throws NotScanned {
        for (String name : entries.keySet()) {
            if (ManifestRules.isManifest(name) && !name.equals(JarFile.MANIFEST_NAME)) {
                findings.high(
                        "odd-manifest",
                        Wire.quote(name) + " is a manifest to some readers and not to others");
            }
        }
        byte[] bytes = entries.get(JarFile.MANIFEST_NAME);
        if (bytes == null) {
            throw new NotScanned("it has no manifest");
        }
        int odd = ManifestRules.oddByte(bytes);
        if (odd >= 0) {
            findings.high(
                    "odd-manifest",
                    "its manifest has a control character at byte "
                            + odd
                            + ", where readers disagree about where a line ends");
        }
        try {
            return new Manifest(new ByteArrayInputStream(bytes)).getMainAttributes();
        } catch (IOException | IllegalArgumentException e) {
            throw new NotScanned("its manifest is broken: " + e.getMessage());
        }
    }

    static List<Headers.Clause> clauses(Attributes main, String header) throws NotScanned {
        try {
            return Headers.parse(main.getValue(header));
        } catch (IllegalArgumentException e) {
            throw new NotScanned(
                    "a header of the manifest is broken, " + header + ": " + e.getMessage());
        }
    }

    static List<Headers.Clause> skills(Attributes main) throws NotScanned {
        return clauses(main, "Provide-Capability").stream()
                .filter(c -> c.named("weft.skill"))
                .toList();
    }

    /** Looks at the headers.
     * @param known ids that others must not be taken for
     * @return the skills */
    static List<Headers.Clause> headers(Attributes main, Set<String> known, Findings findings)
            throws NotScanned {
        for (String header : FORBIDDEN_HEADERS) {
            String value = main.getValue(header);
            if (value != null && !value.strip().equals(".")) {
                findings.high(
                        "forbidden-header",
                        "the manifest has " + header + ": " + Wire.quote(value));
            }
        }
        for (Headers.Clause export : clauses(main, "Export-Package")) {
            for (String name : export.names()) {
                if (HOST_PACKAGE.matcher(name).matches()) {
                    findings.high(
                            "replaces-host-package",
                            "it exports " + name + ", which belongs to the host");
                }
            }
        }
        for (Headers.Clause imported : clauses(main, "Import-Package")) {
            for (String name : imported.names()) {
                if (ManifestRules.isControl(name)) {
                    findings.high(
                            "controls-bundles",
                            "it imports " + name + ", with which it would control other bundles");
                }
            }
        }
        wiring(main, "Require-Capability", findings);
        wiring(main, "Provide-Capability", findings);
        Headers.Clause bundle =
                clauses(main, "Bundle-SymbolicName").stream()
                        .findFirst()
                        .orElseThrow(() -> new NotScanned("it is no bundle"));
        if ("true".equals(bundle.directives().get("singleton"))) {
            findings.high(
                    "forbidden-header",
                    "the bundle is a singleton, so that no new version can run beside it");
        }
        List<Headers.Clause> skills = skills(main);
        for (Headers.Clause skill : skills) {
            String id = skill.attributes().getOrDefault("weft.skill", "");
            String title = skill.attributes().getOrDefault("title", "");
            Texts.check("the id", id, findings);
            Texts.check("the title of " + id, title, findings);
            Texts.check(
                    "the description of " + id,
                    skill.attributes().getOrDefault("description", ""),
                    findings);
            Names.check(id, title, known, findings);
        }
        return skills;
    }

    private static void wiring(Attributes main, String header, Findings findings)
            throws NotScanned {
        for (String namespace : ManifestRules.wiring(clauses(main, header))) {
            findings.high(
                    "forbidden-header",
                    "the manifest has "
                            + namespace
                            + " in "
                            + header
                            + ", past the checks of Import-Package and Export-Package");
        }
    }

    /** The permissions that the skills of a jar declare, together. */
    static Set<String> declared(List<Headers.Clause> skills) {
        Set<String> declared = new TreeSet<>();
        for (Headers.Clause skill : skills) {
            for (String permission :
                    skill.attributes().getOrDefault("permissions", "").split(",")) {
                declared.add(permission.strip());
            }
        }
        return declared;
    }

    /** Compares what is declared with what the code needs and says. */
    static void compare(
            List<Headers.Clause> skills,
            Map<String, String> needed,
            List<Map<String, Object>> coded,
            Findings findings) {
        Set<String> declared = declared(skills);
        Map<String, Headers.Clause> ids = new LinkedHashMap<>();
        for (Headers.Clause skill : skills) {
            ids.put(skill.attributes().getOrDefault("weft.skill", ""), skill);
        }
        needed.forEach(
                (permission, place) -> {
                    String told =
                            place + ", but the manifest does not declare permission " + permission;
                    if (declared.contains(permission)) {
                        return;
                    }
                    if (!permission.equals("secrets")) {
                        findings.high("undeclared-" + permission, told);
                    } else if (needed.containsKey("net")) {
                        findings.medium("undeclared-secrets", told + ", and it can send them away");
                    } else {
                        findings.low("undeclared-secrets", told);
                    }
                });
        for (Map<String, Object> skill : coded) {
            String id = String.valueOf(skill.get("id"));
            Headers.Clause card = ids.get(id);
            boolean same =
                    card != null
                            && (!(skill.get("permissions") instanceof Set<?> own)
                                    || declared.containsAll(own))
                            && List.of("title", "description").stream()
                                    .allMatch(
                                            text ->
                                                    String.valueOf(skill.getOrDefault(text, ""))
                                                            .equals(
                                                                    card.attributes()
                                                                            .getOrDefault(
                                                                                    text, "")));
            if (!same) {
                findings.high(
                        "lying-manifest",
                        "the code has skill "
                                + Wire.quote(id)
                                + " with "
                                + skill.getOrDefault("permissions", Set.of())
                                + ", the manifest says other than that of "
                                + ids.keySet()
                                + " with "
                                + declared);
            }
        }
        if (coded.size() != skills.size()) {
            findings.high(
                    "lying-manifest",
                    "the code has " + coded.size() + " skills, the manifest " + skills.size());
        }
    }
}
