package dev.weft.health;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;

/** A requirement in words: {@code package dev.weft.api.mesh [1.0,2)}. */
final class Need {
    private static final Pattern CEILING =
            Pattern.compile("\\(!\\s*\\((?:bundle-)?version>=([^)]+)\\)\\)");
    private static final Pattern FLOOR = Pattern.compile("\\((?:bundle-)?version>=([^)]+)\\)");
    private static final Pattern EQUAL = Pattern.compile("\\((?:bundle-)?version=([^)]+)\\)");

    private Need() {}

    static String inWords(Requirement requirement) {
        String space = requirement.getNamespace();
        String filter =
                requirement
                        .getDirectives()
                        .getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
        String name = attribute(filter, space);
        return switch (space) {
            case PackageNamespace.PACKAGE_NAMESPACE -> "package " + name + range(filter);
            case BundleNamespace.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
                    "bundle " + name + range(filter);
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE -> {
                Matcher version = EQUAL.matcher(filter);
                yield name
                        + " "
                        + (version.find() ? version.group(1) : filter)
                        + " (this is Java "
                        + Runtime.version().feature()
                        + ")";
            }
            default -> "capability " + space + (filter.isEmpty() ? "" : " " + filter);
        };
    }

    private static String attribute(String filter, String name) {
        Matcher matcher =
                Pattern.compile("\\(" + Pattern.quote(name) + "=([^)]+)\\)").matcher(filter);
        return matcher.find() ? matcher.group(1) : filter;
    }

    private static String range(String filter) {
        Matcher ceiling = CEILING.matcher(filter);
        String top = ceiling.find() ? ceiling.group(1) : null;
        Matcher floor = FLOOR.matcher(ceiling.reset().replaceAll(""));
        String bottom = floor.find() ? floor.group(1) : null;
        if (bottom == null) {
            return top == null ? "" : " below " + brief(top, 1);
        }
        return top == null
                ? " " + brief(bottom, 2) + " or newer"
                : " [" + brief(bottom, 2) + "," + brief(top, 1) + ")";
    }

    /** A version without the zeros at its end, but with at least so many segments. */
    private static String brief(String text, int segments) {
        Version version;
        try {
            version = Version.parseVersion(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
        if (!version.getQualifier().isEmpty()) {
            return version.toString();
        }
        if (version.getMicro() != 0) {
            return version.getMajor() + "." + version.getMinor() + "." + version.getMicro();
        }
        return version.getMinor() != 0 || segments > 1
                ? version.getMajor() + "." + version.getMinor()
                : Integer.toString(version.getMajor());
    }
}
