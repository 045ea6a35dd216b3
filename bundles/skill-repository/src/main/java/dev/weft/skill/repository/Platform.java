package dev.weft.skill.repository;

import dev.weft.protocol.Wire;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.Version;

/**
 * A machine that a skill may run on.
 *
 * @param os {@code linux}, {@code windows}, {@code macos} or another name of OSGi
 * @param processor {@code x86-64}, {@code aarch64}, {@code arm} or another name of OSGi; "" for any
 * @param java major version, from 8; 0 for any
 */
public record Platform(String os, String processor, int java) {
    private static final Map<String, List<String>> SYSTEMS =
            Map.of(
                    "linux", List.of("linux"),
                    "windows", List.of("windows", "win32", "windows10", "windows11"),
                    "macos", List.of("macos", "macosx", "mac os x"));
    private static final Map<String, List<String>> PROCESSORS =
            Map.of(
                    "x86-64", List.of("x86-64", "amd64", "em64t", "x86_64"),
                    "aarch64", List.of("aarch64", "arm64"),
                    "arm", List.of("arm", "arm_le", "aarch32"));

    /** Reads what a person types.
     * @param text {@code os}, {@code os/processor} or {@code os/processor/java}
     * @return the platform
     * @throws IllegalArgumentException if it is none */
    public static Platform of(String text) {
        String[] parts = text.strip().toLowerCase(Locale.ROOT).split("/", -1);
        if (parts.length > 3 || !text.matches("[A-Za-z0-9 ._/-]{1,100}") || parts[0].isBlank()) {
            throw new IllegalArgumentException(
                    Wire.quote(text)
                            + " is no platform; write linux, linux/aarch64 or linux/aarch64/17");
        }
        int java = parts.length < 3 || parts[2].isEmpty() ? 0 : number(parts[2]);
        return new Platform(parts[0], parts.length < 2 ? "" : parts[1], java);
    }

    /** The machine of this JVM.
     * @return its platform */
    public static Platform here() {
        String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String os = name.startsWith("win") ? "windows" : name.startsWith("mac") ? "macos" : name;
        return new Platform(
                os,
                System.getProperty("os.arch").toLowerCase(Locale.ROOT),
                Runtime.version().feature());
    }

    /** What an entry requires of a machine: filters of {@code osgi.native} and {@code osgi.ee}, each behind its namespace and a space. */
    static List<String> requirements(Entry entry) {
        return entry.clauses().stream()
                .filter(
                        c ->
                                !c.capability()
                                        && !"optional".equals(c.directives().get("resolution")))
                .filter(c -> c.namespace().equals("osgi.native") || c.namespace().equals("osgi.ee"))
                .map(c -> c.namespace() + " " + c.directives().getOrDefault("filter", "(x=*)"))
                .sorted()
                .toList();
    }

    boolean meets(List<String> requirements) {
        return requirements.stream().allMatch(this::meets);
    }

    private boolean meets(String requirement) {
        int space = requirement.indexOf(' ');
        Map<String, Object> machine;
        if (requirement.startsWith("osgi.native")) {
            machine =
                    Map.of(
                            "osgi.native.osname",
                            names(SYSTEMS, os),
                            "osgi.native.processor",
                            processor.isEmpty()
                                    ? PROCESSORS.values().stream().flatMap(List::stream).toList()
                                    : names(PROCESSORS, processor));
        } else if (java == 0) {
            return true;
        } else {
            machine = Map.of("osgi.ee", "JavaSE", "version", versions());
        }
        try {
            return FrameworkUtil.createFilter(requirement.substring(space + 1)).matches(machine);
        } catch (InvalidSyntaxException e) {
            return false; // what cannot be read is met by nothing
        }
    }

    private List<Version> versions() {
        return IntStream.rangeClosed(1, java)
                .mapToObj(n -> n <= 8 ? new Version(1, n, 0) : new Version(n, 0, 0))
                .toList();
    }

    private static List<String> names(Map<String, List<String>> known, String name) {
        Optional<List<String>> all =
                known.values().stream().filter(names -> names.contains(name)).findFirst();
        return all.orElse(List.of(name));
    }

    private static int number(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(Wire.quote(text) + " is no Java version", e);
        }
    }
}
