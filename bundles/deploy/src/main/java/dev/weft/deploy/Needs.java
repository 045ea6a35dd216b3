package dev.weft.deploy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Says in words what a bundle needs and nobody here offers. */
final class Needs {
    private static final Pattern LOW = Pattern.compile("\\((?:bundle-)?version>=([^)]+)\\)");
    private static final Pattern HIGH =
            Pattern.compile("\\(!\\((?:bundle-)?version>=([^)]+)\\)\\)");

    private Needs() {}

    /** Looks for what is missing.
     * @param context of any bundle
     * @param bundle installed, not resolved
     * @return one phrase a need, such as {@code needs package com.acme [1.0,2.0), which no bundle here offers} */
    static List<String> missing(BundleContext context, Bundle bundle) {
        List<String> missing = new ArrayList<>();
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        if (revision == null) {
            return missing;
        }
        for (BundleRequirement need : revision.getDeclaredRequirements(null)) {
            boolean matters =
                    "mandatory".equals(need.getDirectives().getOrDefault("resolution", "mandatory"))
                            && "resolve"
                                    .equals(
                                            need.getDirectives()
                                                    .getOrDefault("effective", "resolve"));
            if (matters && offers(context, need.getNamespace()).noneMatch(need::matches)) {
                missing.add(words(context, need));
            }
        }
        return missing;
    }

    private static Stream<BundleCapability> offers(BundleContext context, String namespace) {
        return Arrays.stream(context.getBundles())
                .map(other -> other.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(namespace).stream());
    }

    private static String words(BundleContext context, BundleRequirement need) {
        String filter = need.getDirectives().getOrDefault("filter", "");
        String namespace = need.getNamespace();
        Matcher named =
                Pattern.compile("\\(" + Pattern.quote(namespace) + "=([^)]+)\\)").matcher(filter);
        String name = named.find() ? named.group(1) : "";
        return switch (namespace) {
            case "osgi.wiring.package" ->
                    "needs package "
                            + name
                            + range(filter)
                            + ", which no bundle here offers"
                            + others(context, namespace, name);
            case "osgi.wiring.bundle" ->
                    "needs bundle " + name + range(filter) + ", which is not here";
            case "osgi.ee" ->
                    "needs a Java that offers "
                            + filter
                            + ", this host runs on Java "
                            + Runtime.version().feature();
            default -> "needs " + namespace + " " + filter + ", which no bundle here offers";
        };
    }

    private static String range(String filter) {
        Matcher high = HIGH.matcher(filter);
        Matcher low = LOW.matcher(high.replaceAll(""));
        String from = low.find() ? low.group(1) : "";
        high.reset();
        if (high.find()) {
            return " [" + (from.isEmpty() ? "0" : from) + "," + high.group(1) + ")";
        }
        return from.isEmpty() ? "" : " " + from + " or newer";
    }

    private static String others(BundleContext context, String namespace, String name) {
        List<String> versions =
                offers(context, namespace)
                        .filter(offer -> name.equals(offer.getAttributes().get(namespace)))
                        .map(
                                offer ->
                                        offer.getAttributes().get("version")
                                                + " of "
                                                + offer.getRevision().getSymbolicName())
                        .distinct()
                        .toList();
        return versions.isEmpty() ? "" : " (here is " + String.join(", ", versions) + ")";
    }
}
