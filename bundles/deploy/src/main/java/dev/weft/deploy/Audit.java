package dev.weft.deploy;

import dev.weft.protocol.SkillCard;
import dev.weft.protocol.Wire;
import dev.weft.skill.repository.manifest.Headers;
import dev.weft.skill.repository.manifest.Headers.Clause;
import dev.weft.skill.repository.manifest.ManifestRules;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.Version;

/**
 * Looks into a jar before the framework does. It keeps out what would reach beyond the skill's own bundle; it is no containment of
 * the skill's code.
 */
final class Audit {
    /** Longest file. */
    static final long MAX_FILE = 64L << 20;

    /** Namespace of the capability that a skill is. */
    static final String SKILL = "weft.skill";

    private static final int MAX_ENTRIES = 4096;
    private static final long MAX_UNPACKED = 512L << 20;
    private static final int MAX_MANIFEST = 1 << 20;

    private Audit() {}

    /** What the manifest says.
     * @param bundle symbolic name
     * @param version bundle version
     * @param skills ids it offers; none if it is a library */
    record Facts(String bundle, Version version, Set<String> skills) {}

    /** Checks the entries: how many, how large when unpacked, whatever the zip says, and that none points outside.
     * @throws Refusal with the reason */
    static void entries(Path jar) throws Refusal {
        Set<String> names = new HashSet<>();
        long left = MAX_UNPACKED;
        byte[] buffer = new byte[64 << 10];
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            if (zip.size() > MAX_ENTRIES) {
                throw new Refusal("has " + zip.size() + " entries, the limit is " + MAX_ENTRIES);
            }
            for (Enumeration<? extends ZipEntry> all = zip.entries(); all.hasMoreElements(); ) {
                ZipEntry entry = all.nextElement();
                name(entry.getName());
                if (!names.add(entry.getName())) {
                    throw new Refusal("has two entries called " + Wire.quote(entry.getName()));
                }
                if (entry.getSize() > left) {
                    throw tooLarge();
                }
                left -= unpack(zip, entry, buffer, left);
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new Refusal("is not a zip file, or a broken one: " + e.getMessage(), e);
        }
    }

    private static long unpack(ZipFile zip, ZipEntry entry, byte[] buffer, long limit)
            throws IOException, Refusal {
        long length = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                length += n;
                if (length > limit) {
                    throw tooLarge();
                }
            }
        }
        return length;
    }

    private static Refusal tooLarge() {
        return new Refusal("is larger than " + (MAX_UNPACKED >> 20) + " MiB when unpacked");
    }

    private static void name(String name) throws Refusal {
        String path = name.replace('\\', '/');
        boolean outside =
                path.startsWith("/")
                        || path.matches("[A-Za-z]:.*")
                        || List.of(path.split("/")).contains("..");
        if (outside || name.chars().anyMatch(c -> c < ' ')) {
            throw new Refusal("has an entry that points outside: " + Wire.quote(name));
        }
    }

    /** Tells a bundle from a zip of bundles.
     * @throws Refusal if there is a manifest and it is broken */
    static boolean isBundle(Path jar) throws Refusal {
        return read(jar).getMainAttributes().getValue("Bundle-SymbolicName") != null;
    }

    /** Checks the manifest.
     * @param ofHost tells the symbolic names of the host's own bundles
     * @throws Refusal with the reason */
    static Facts manifest(Path jar, Predicate<String> ofHost) throws Refusal {
        Attributes main = read(jar).getMainAttributes();
        List<Clause> names = clauses(main, "Bundle-SymbolicName");
        if (names.isEmpty()) {
            throw new Refusal("is not a bundle: its manifest has no Bundle-SymbolicName");
        }
        Clause bundle = names.get(0);
        String name = bundle.names().get(0);
        if (!name.matches("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*") || name.length() > 200) {
            throw new Refusal("is not a bundle: " + Wire.quote(name) + " is no symbolic name");
        }
        if (!"2".equals(strip(main.getValue("Bundle-ManifestVersion")))) {
            throw new Refusal("is not a bundle: its manifest must say Bundle-ManifestVersion: 2");
        }
        if (ofHost.test(name)) {
            throw new Refusal(
                    "is called "
                            + name
                            + " like a bundle of the host itself; choose another Bundle-SymbolicName");
        }
        if ("true".equals(bundle.directives().get("singleton"))) {
            throw new Refusal(
                    "is a singleton, so a new version could not run beside the old; take singleton:=true out of Bundle-SymbolicName");
        }
        forbidden(
                main, "Fragment-Host", "is a fragment, which would become part of another bundle");
        forbidden(
                main,
                "DynamicImport-Package",
                "uses DynamicImport-Package, so what it needs cannot be checked; import by name");
        for (Clause export : clauses(main, "Export-Package")) {
            for (String pack : export.names()) {
                if (pack.matches("(dev\\.weft|org\\.osgi|java)(\\..*)?")) {
                    throw new Refusal("exports package " + pack + ", which belongs to the host");
                }
            }
        }
        for (Clause imported : clauses(main, "Import-Package")) {
            for (String pack : imported.names()) {
                if (ManifestRules.isControl(pack)) {
                    throw new Refusal(
                            "imports package "
                                    + pack
                                    + ", with which it would control other bundles");
                }
            }
        }
        wiring(main, "Require-Capability", "requires");
        wiring(main, "Provide-Capability", "provides");
        return new Facts(name, version(main), skills(main));
    }

    private static List<Clause> clauses(Attributes main, String header) throws Refusal {
        try {
            return Headers.parse(main.getValue(header));
        } catch (IllegalArgumentException e) {
            throw new Refusal("its manifest is broken, " + header + ": " + e.getMessage(), e);
        }
    }

    private static void wiring(Attributes main, String header, String does) throws Refusal {
        List<String> past = ManifestRules.wiring(clauses(main, header));
        if (!past.isEmpty()) {
            throw new Refusal(
                    does
                            + " "
                            + past.get(0)
                            + " in "
                            + header
                            + ", past the checks of Import-Package and Export-Package; use those");
        }
    }

    private static void forbidden(Attributes main, String header, String reason) throws Refusal {
        if (main.getValue(header) != null) {
            throw new Refusal(reason);
        }
    }

    private static Version version(Attributes main) throws Refusal {
        try {
            return Version.parseVersion(strip(main.getValue("Bundle-Version")));
        } catch (IllegalArgumentException e) {
            throw new Refusal(
                    "has a Bundle-Version that is none: "
                            + Wire.quote(main.getValue("Bundle-Version")),
                    e);
        }
    }

    private static Set<String> skills(Attributes main) throws Refusal {
        Set<String> skills = new TreeSet<>();
        for (Clause capability : clauses(main, "Provide-Capability")) {
            if (capability.named(SKILL)) {
                String id = capability.attributes().get(SKILL);
                if (!SkillCard.isId(id)) {
                    throw new Refusal(
                            "offers a skill with the id "
                                    + Wire.quote(id)
                                    + "; an id has 1 to 64 characters [a-z0-9][a-z0-9._-]*");
                }
                skills.add(id);
            }
        }
        return skills;
    }

    /** The manifest that the framework reads; what another reader could take for one, or could read otherwise, is refused. */
    private static Manifest read(Path jar) throws Refusal {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<? extends ZipEntry> manifests =
                    zip.stream().filter(e -> ManifestRules.isManifest(e.getName())).toList();
            if (manifests.isEmpty()) {
                return new Manifest();
            }
            if (manifests.size() > 1 || !manifests.get(0).getName().equals(JarFile.MANIFEST_NAME)) {
                throw new Refusal(
                        "must have one manifest, called "
                                + JarFile.MANIFEST_NAME
                                + ", not "
                                + manifests.stream().map(e -> Wire.quote(e.getName())).toList());
            }
            try (InputStream in = zip.getInputStream(manifests.get(0))) {
                byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
                if (bytes.length > MAX_MANIFEST) {
                    throw new Refusal(
                            "has a manifest of more than " + (MAX_MANIFEST >> 10) + " KiB");
                }
                int odd = ManifestRules.oddByte(bytes);
                if (odd >= 0) {
                    throw new Refusal(
                            "its manifest has a control character at byte "
                                    + odd
                                    + ", such as a carriage return without a line feed; write it with bnd or jar");
                }
                return new Manifest(new ByteArrayInputStream(bytes));
            }
        } catch (IOException | IllegalArgumentException e) {
            throw new Refusal("its manifest is broken: " + e.getMessage(), e);
        }
    }

    private static String strip(String value) {
        return value == null ? null : value.strip();
    }
}
