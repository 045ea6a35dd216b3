package dev.weft.catalog;

import dev.weft.skill.repository.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;

/**
 * Guesses from the index whether a skill finds on this host what it needs; what counts is the trial before an install. The bundles of a
 * host do not change while it runs, so each question is looked up once. Thread-safe.
 */
final class HostFit {
    private static final String SKILL = "weft-skill:";
    private final BundleContext context;
    private final Map<String, Boolean> answers = new ConcurrentHashMap<>();

    HostFit(BundleContext context) {
        this.context = context;
    }

    /** What an entry needs and cannot have, in words.
     * @param offered tells whether a repository has it */
    List<String> lacks(Entry entry, BiPredicate<String, Filter> offered) {
        List<String> missing = new ArrayList<>();
        for (Entry.Clause need : entry.clauses()) {
            String text = need.directives().getOrDefault("filter", "");
            if (isNeed(need)
                    && !here(need.namespace(), text)
                    && !offered.test(need.namespace(), filter(text))) {
                missing.add(words(need));
            }
        }
        return missing;
    }

    /** What an entry needs beyond the Java platform and OSGi, in words. */
    static List<String> needs(Entry entry) {
        return entry.clauses().stream()
                .filter(HostFit::isNeed)
                .map(HostFit::words)
                .sorted()
                .distinct()
                .toList();
    }

    private static boolean isNeed(Entry.Clause need) {
        return !need.capability()
                && !"optional".equals(need.directives().get("resolution"))
                && "resolve".equals(need.directives().getOrDefault("effective", "resolve"));
    }

    static String words(Entry.Clause need) {
        return words(need.namespace(), need.directives().getOrDefault("filter", ""));
    }

    static String words(String namespace, String filter) {
        return switch (namespace) {
            case "osgi.wiring.package" -> "package " + value(namespace, filter);
            case "osgi.service" -> "service " + value("objectClass", filter);
            case "weft.skill" -> "skill " + value(namespace, filter);
            case "osgi.ee" -> "Java " + value("version", filter);
            default -> namespace + " " + filter;
        };
    }

    /** The value of an attribute in a filter, whatever it is compared by; the filter itself if it has none. */
    static String value(String attribute, String filter) {
        Matcher found =
                Pattern.compile("\\(" + Pattern.quote(attribute) + "[<>]?=([^)]*)\\)")
                        .matcher(filter);
        return found.find() ? found.group(1) : filter;
    }

    private boolean here(String namespace, String filter) {
        return answers.computeIfAbsent(namespace + "\n" + filter, key -> look(namespace, filter));
    }

    private boolean look(String namespace, String text) {
        Filter filter = filter(text);
        for (Bundle bundle : context.getBundles()) {
            BundleRevision revision = bundle.adapt(BundleRevision.class);
            if (revision == null || bundle.getLocation().startsWith(SKILL)) {
                continue;
            }
            for (BundleCapability offer : revision.getDeclaredCapabilities(namespace)) {
                if (filter == null || filter.matches(offer.getAttributes())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Reads a filter.
     * @return null for one that lets everything through; one that nothing fits if it cannot be read */
    static Filter filter(String text) {
        try {
            return text.isEmpty() ? null : FrameworkUtil.createFilter(text);
        } catch (InvalidSyntaxException e) {
            return never();
        }
    }

    private static Filter never() {
        try {
            return FrameworkUtil.createFilter("(!(|(a=*)(!(a=*))))");
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
