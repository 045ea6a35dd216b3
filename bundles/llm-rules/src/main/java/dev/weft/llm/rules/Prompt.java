package dev.weft.llm.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A prompt taken apart: the instruction, and the values in it that can become arguments.
 *
 * @param whole the user's words
 * @param instruction what is asked, without quoted text and without what follows a colon
 * @param quoted texts in quotes, in order
 * @param text what follows the first colon; empty if there is none
 * @param urls web addresses, in order
 * @param paths file system paths, in order
 * @param numbers numbers that stand alone, in order
 * @param everywhere whether every host is meant
 */
record Prompt(
        String whole,
        String instruction,
        List<String> quoted,
        Optional<String> text,
        List<String> urls,
        List<String> paths,
        List<String> numbers,
        boolean everywhere) {
    private static final int SHOWN = 2000;
    private static final Pattern QUOTED =
            Pattern.compile(
                    "\"([^\"]{1,20000})\"|“([^”]{1,20000})”|`([^`]{1,20000})`|(?<![\\p{L}\\p{N}])'([^']{1,20000})'(?![\\p{L}\\p{N}])");
    private static final Pattern URL = Pattern.compile("(?i)\\bhttps?://[^\\s\"'<>`]+");
    private static final Pattern DOMAIN =
            Pattern.compile(
                    "(?i)(?<![\\w./@-])(?:[a-z0-9-]+\\.)+(?:com|org|net|io|dev|edu|gov|info|de|eu|uk|fr)(?:/[^\\s\"'<>`]*)?(?![\\w-])");
    private static final Pattern PATH =
            Pattern.compile(
                    "(?<![\\w:/.])(?:/[^\\s\"'<>`,;?!]*|~/[^\\s\"'<>`,;?!]*|[A-Za-z]:\\\\[^\\s\"'<>`,;?!]*)");
    private static final Pattern NUMBER =
            Pattern.compile(
                    "(?<![\\p{L}\\p{N}._:/-])-?\\d+(?:\\.\\d+)?(?![\\p{L}\\p{N}_:/-]|\\.\\d)");
    private static final Pattern COLON = Pattern.compile(":(?=\\s)");
    private static final Pattern EVERYWHERE =
            Pattern.compile(
                    "(?i)\\b(?:every|all|each|both)\\s+(?:one\\s+)?(?:of\\s+)?(?:(?:the|my|our|your|known|other)\\s+)*"
                            + "(?:box|boxes|hosts?|machines?|agents?|nodes?|peers?|computers?|servers?|devices?)\\b|\\beverywhere\\b|\\b(?:across|over) the (?:whole )?mesh\\b");
    private static final Pattern PLACE =
            Pattern.compile(
                    "(?i)\\b(?:on|at|from|of)\\s+(?:(?:host|agent|machine|box|node|peer|server)\\s+)?([a-z0-9][a-z0-9._-]*)(?=[\\s,;?!]|\\.(?:\\s|$)|$)");

    /** Takes a prompt apart.
     * @param whole the user's words
     * @return its parts */
    static Prompt of(String whole) {
        List<String> quoted = new ArrayList<>();
        StringBuilder rest = new StringBuilder();
        Matcher quotes = QUOTED.matcher(whole);
        while (quotes.find()) {
            for (int group = 1; group <= quotes.groupCount(); group++) {
                if (quotes.group(group) != null) {
                    quoted.add(quotes.group(group));
                }
            }
            quotes.appendReplacement(rest, " ");
        }
        quotes.appendTail(rest);
        String instruction = rest.toString();
        Optional<String> text = Optional.empty();
        Matcher colon = COLON.matcher(whole);
        if (colon.find()) {
            String after = whole.substring(colon.end()).strip();
            text = after.isEmpty() ? Optional.empty() : Optional.of(after);
            Matcher inRest = COLON.matcher(instruction);
            instruction = inRest.find() ? instruction.substring(0, inRest.start()) : instruction;
        }
        instruction = instruction.length() > SHOWN ? instruction.substring(0, SHOWN) : instruction;
        List<String> urls = found(URL, whole);
        String plain =
                URL.matcher(whole.length() > SHOWN ? whole.substring(0, SHOWN) : whole)
                        .replaceAll(" ");
        found(DOMAIN, plain).forEach(domain -> urls.add("https://" + domain));
        List<String> paths = found(PATH, URL.matcher(instruction).replaceAll(" "));
        quoted.stream()
                .filter(value -> value.startsWith("/") || value.startsWith("~/"))
                .forEach(paths::add);
        String bare =
                PATH.matcher(
                                DOMAIN.matcher(URL.matcher(instruction).replaceAll(" "))
                                        .replaceAll(" "))
                        .replaceAll(" ");
        return new Prompt(
                whole,
                bare,
                quoted,
                text,
                urls,
                paths,
                found(NUMBER, bare),
                EVERYWHERE.matcher(instruction).find());
    }

    /** Which of some values the instruction names as a whole word.
     * @param values e.g. labels of hosts
     * @return those named, in the order in which they are named */
    List<String> named(List<String> values) {
        String lower =
                instruction.toLowerCase(Locale.ROOT)
                        + " "
                        + String.join(" ", quoted).toLowerCase(Locale.ROOT);
        record Hit(int at, String value) {}
        return values.stream()
                .map(
                        value -> {
                            Matcher matcher =
                                    Pattern.compile(
                                                    "(?<![\\w.-])"
                                                            + Pattern.quote(
                                                                    value.toLowerCase(Locale.ROOT))
                                                            + "(?![\\w-]|\\.\\w)")
                                            .matcher(lower);
                            return new Hit(matcher.find() ? matcher.start() : -1, value);
                        })
                .filter(hit -> hit.at >= 0)
                .sorted(
                        (one, other) ->
                                one.at != other.at
                                        ? Integer.compare(one.at, other.at)
                                        : one.value.compareTo(other.value))
                .map(Hit::value)
                .toList();
    }

    /** A name after "on", "at", "from" or "of" that can only be a host: it has a digit or a hyphen, or ends the sentence.
     * @param known stems that mean something else
     * @return names that look like hosts */
    Set<String> places(Set<String> known) {
        Set<String> places = new TreeSet<>();
        Matcher matcher = PLACE.matcher(instruction);
        while (matcher.find()) {
            String name = matcher.group(1);
            boolean last = instruction.substring(matcher.end()).strip().matches("[.?!]*");
            boolean shaped =
                    name.matches(".*\\d.*") && !name.matches("[\\d.]+") || name.contains("-");
            Set<String> stems = Words.of(name);
            boolean meant =
                    stems.isEmpty()
                            || stems.stream()
                                    .allMatch(
                                            stem ->
                                                    known.stream()
                                                            .anyMatch(
                                                                    word ->
                                                                            word.equals(stem)
                                                                                    || Words
                                                                                            .related(
                                                                                                    word,
                                                                                                    stem)));
            if (!meant
                    && (shaped
                            || last
                                    && matcher.group()
                                            .toLowerCase(Locale.ROOT)
                                            .startsWith("on "))) {
                places.add(name);
            }
        }
        return places;
    }

    private static List<String> found(Pattern pattern, String text) {
        List<String> found = new ArrayList<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find() && found.size() < 100) {
            String value = matcher.group();
            while (value.length() > 1 && ".,;:!?)".indexOf(value.charAt(value.length() - 1)) >= 0) {
                value = value.substring(0, value.length() - 1);
            }
            found.add(value);
        }
        return found;
    }
}
