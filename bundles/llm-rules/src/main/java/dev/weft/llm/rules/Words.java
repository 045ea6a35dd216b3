package dev.weft.llm.rules;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Turns text into stems that can be compared. English only, as the tools' descriptions are. */
final class Words {
    private static final Pattern CAMEL = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])");
    private static final Pattern SPLIT = Pattern.compile("[^\\p{L}\\p{N}]+");
    private static final Set<String> STOP =
            Set.of(
                    ("a about again an and any are as at be been both box boxes by can could did do does each every everywhere for from get give go had has have "
                                    + "here host hosts how i if in into is it its just kind like machine machines me mesh mine much my need node nodes now of "
                                    + "off on one or our out peer peers please run say shall should show so some sort than that the their them then "
                                    + "there these they thing this those to us use used using want was we were what when where which who why will with "
                                    + "would you your yours hello hey hi kindly thanks thank tell all agent agents server servers computer computers many")
                            .split(" "));

    /** Says little by itself: there is a usage of everything. It only decides between tools that fit otherwise. */
    static final String WEAK = stem("usage");

    /** Words that people use for one another when they talk about what skills do; each group counts as one meaning. */
    private static final List<Set<String>> SYNONYMS =
            List.of(
                    stems("space storage disk drive filesystem volume capacity"),
                    stems("free available left remaining"),
                    stems("memory ram"),
                    stems("cpu processor core"),
                    stems("load busy"),
                    stems("temperature hot heat warm"),
                    stems("process program"),
                    stems("uptime booted boot running up"),
                    stems("fetch download load retrieve open"),
                    stems("url page website site web link"),
                    stems("summary summarise summarize summaries shorten condense"),
                    stems("diff difference compare changed"),
                    stems("search find grep match matches regex"),
                    stems("count statistics stats"));

    private static final Map<String, List<Integer>> GROUPS = groups();

    private Words() {}

    /** The stems of a text in order, without words that say nothing about what is wanted.
     * @param text any text
     * @return each stem once */
    static Set<String> of(String text) {
        Set<String> stems = new LinkedHashSet<>();
        for (String word : SPLIT.split(CAMEL.matcher(text).replaceAll(" "))) {
            String lower = word.toLowerCase(Locale.ROOT);
            if (lower.length() > 1 && !STOP.contains(lower)) {
                stems.add(stem(lower));
            }
        }
        return stems;
    }

    /** Tells whether two stems mean the same to the rules.
     * @param one a stem
     * @param other a stem
     * @return true if they share a group of synonyms */
    static boolean related(String one, String other) {
        List<Integer> groups = GROUPS.get(one);
        return groups != null
                && GROUPS.getOrDefault(other, List.of()).stream().anyMatch(groups::contains);
    }

    /** Tells whether a stem is one of those that the rules know a meaning of.
     * @param stem a stem
     * @return true if a group of synonyms has it */
    static boolean hasMeaning(String stem) {
        return GROUPS.containsKey(stem);
    }

    /** Cuts the usual endings, so that "processes", "process" and "processing" meet. Crude on purpose: both sides of a
     * comparison go through it.
     * @param word lower case
     * @return its stem */
    static String stem(String word) {
        String stem = word;
        if (stem.endsWith("ies") && stem.length() > 4) {
            stem = stem.substring(0, stem.length() - 3) + "y";
        } else if (stem.endsWith("sses")
                || stem.endsWith("ches")
                || stem.endsWith("shes")
                || stem.endsWith("xes")) {
            stem = stem.substring(0, stem.length() - 2);
        } else if (stem.endsWith("s")
                && !stem.endsWith("ss")
                && !stem.endsWith("us")
                && stem.length() > 3) {
            stem = stem.substring(0, stem.length() - 1);
        }
        if (stem.endsWith("ing") && stem.length() > 5) {
            stem = stem.substring(0, stem.length() - 3);
        } else if (stem.endsWith("ed") && stem.length() > 4) {
            stem = stem.substring(0, stem.length() - 2);
        }
        return stem.endsWith("e") && stem.length() > 4
                ? stem.substring(0, stem.length() - 1)
                : stem;
    }

    private static Set<String> stems(String words) {
        Set<String> stems = new LinkedHashSet<>();
        for (String word : words.split(" ")) {
            stems.add(stem(word));
        }
        return stems;
    }

    private static Map<String, List<Integer>> groups() {
        Map<String, List<Integer>> groups = new TreeMap<>();
        for (int group = 0; group < SYNONYMS.size(); group++) {
            for (String stem : SYNONYMS.get(group)) {
                groups.computeIfAbsent(stem, key -> new ArrayList<>()).add(group);
            }
        }
        return groups;
    }
}
