package dev.weft.skill.repository.manifest;

import java.util.List;
import java.util.regex.Pattern;

/** What the manifest of no skill may say, whoever looks. */
public final class ManifestRules {
    /** Also those for newer Java versions, with which the framework would replace what the main one imports and requires. */
    private static final Pattern MANIFEST =
            Pattern.compile("(?i)META-INF/(versions/[0-9]+/(OSGI-INF|META-INF)/)?MANIFEST\\.MF");

    private static final Pattern CONTROL =
            Pattern.compile("org\\.osgi\\.framework\\.(hooks|launch|startlevel)(\\..*)?");

    private ManifestRules() {}

    /** Whether some reader takes an entry of a jar for its manifest.
     * @param entry its name
     * @return true if so */
    public static boolean isManifest(String entry) {
        return MANIFEST.matcher(entry).matches();
    }

    /** Whether a package controls other bundles.
     * @param name of the package
     * @return true if no skill may import it */
    public static boolean isControl(String name) {
        return CONTROL.matcher(name).matches();
    }

    /** Packages and bundles have headers of their own, which are checked; the same by capability would get past them.
     * @param clauses of {@code Require-Capability} or {@code Provide-Capability}
     * @return the namespaces that do so */
    public static List<String> wiring(List<Headers.Clause> clauses) {
        return clauses.stream()
                .flatMap(clause -> clause.names().stream())
                .filter(namespace -> namespace.startsWith("osgi.wiring."))
                .toList();
    }

    /** Where readers disagree about the end of a line: the JDK ends one at a lone carriage return and Felix does not, so what one reads as
     * a note, the other reads as a header.
     * @param manifest its bytes
     * @return index of the first control character that ends no line; -1 if there is none */
    public static int oddByte(byte[] manifest) {
        for (int i = 0; i < manifest.length; i++) {
            byte b = manifest[i];
            boolean end =
                    b == '\n' || b == '\r' && i + 1 < manifest.length && manifest[i + 1] == '\n';
            if (b >= 0 && b < ' ' && !end) {
                return i;
            }
        }
        return -1;
    }
}
