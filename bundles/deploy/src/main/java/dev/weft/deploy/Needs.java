package dev.weft.deploy;

import dev.weft.api.deploy.BundleSource;
import dev.weft.api.deploy.Deployments.Missing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;

/** Says in words what a bundle needs and cannot have, and who could provide it. */
final class Needs {
    private static final Pattern LOW = Pattern.compile("\\((?:bundle-)?version>=([^)]+)\\)");
    private static final Pattern HIGH =
            Pattern.compile("\\(!\\((?:bundle-)?version>=([^)]+)\\)\\)");

    private final BundleContext context;
    private final Supplier<List<BundleSource>> sources;

    /** Looks at the framework.
     * @param context of any bundle
     * @param sources who else may know a provider */
    Needs(BundleContext context, Supplier<List<BundleSource>> sources) {
        this.context = context;
        this.sources = sources;
    }

    /** Looks for what is missing.
     * @param bundle installed, not resolved
     * @return each need with a phrase, such as {@code needs package com.acme [1.0,2.0), which no bundle here offers} */
    List<Missing> missing(Bundle bundle) {
        List<Missing> missing = new ArrayList<>();
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
            if (matters
                    && offers(need.getNamespace())
                            .filter(offer -> Isolation.sees(bundle, owner(offer)))
                            .noneMatch(need::matches)) {
                missing.add(
                        new Missing(
                                bundle.getSymbolicName(),
                                need.getNamespace(),
                                need.getDirectives().getOrDefault("filter", ""),
                                words(need) + providers(bundle, need)));
            }
        }
        return missing;
    }

    private Stream<BundleCapability> offers(String namespace) {
        return Arrays.stream(context.getBundles())
                .map(other -> other.adapt(BundleRevision.class))
                .filter(Objects::nonNull)
                .flatMap(revision -> revision.getDeclaredCapabilities(namespace).stream());
    }

    private static Bundle owner(BundleCapability offer) {
        return offer.getRevision().getBundle();
    }

    /** Who could provide it: skills in other files, and whatever the sources know. */
    private String providers(Bundle bundle, BundleRequirement need) {
        List<String> who = new ArrayList<>();
        offers(need.getNamespace())
                .filter(need::matches)
                .map(BundleCapability::getRevision)
                .filter(revision -> !revision.getBundle().equals(bundle))
                .map(revision -> revision.getSymbolicName() + " " + revision.getVersion())
                .distinct()
                .forEach(
                        name ->
                                who.add(
                                        "skill bundle "
                                                + name
                                                + " has it, but skills do not share code: put both jars into one zip"));
        for (BundleSource source : sources.get()) {
            source.offering(need.getNamespace(), need.getDirectives().getOrDefault("filter", ""))
                    .forEach(
                            offer ->
                                    who.add(
                                            offer.bundle()
                                                    + " "
                                                    + offer.version()
                                                    + " of "
                                                    + offer.from()
                                                    + " offers it"));
        }
        return who.isEmpty() ? "" : " (" + String.join("; ", who) + ")";
    }

    private String words(BundleRequirement need) {
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
                            + others(namespace, name);
            case "osgi.wiring.bundle" ->
                    "needs bundle " + name + range(filter) + ", which is not here";
            case "osgi.ee" ->
                    "needs a Java that offers "
                            + filter
                            + ", this host runs on Java "
                            + Runtime.version().feature();
            case "weft.skill" -> "needs skill " + name + " in its own file";
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

    private String others(String namespace, String name) {
        List<String> versions =
                offers(namespace)
                        .filter(offer -> !Isolation.isSkill(owner(offer)))
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
