package dev.weft.shell;

import dev.weft.api.agent.Agent;
import dev.weft.api.agent.Image;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** The arguments of {@code weft:ask}.
 * @param prompt what is asked, never blank
 * @param options all options as they were given, for the command line
 * @param conversation see {@link Agent.Question}
 * @param route see {@link Agent.Question}
 * @param images files on this host's machine
 * @param timeout how long it may take
 * @param stream whether the answer is shown as it comes */
record AskLine(
        String prompt,
        List<String> options,
        String conversation,
        String route,
        List<Path> images,
        Duration timeout,
        boolean stream) {
    static final String USAGE =
            "usage: weft:ask WORDS [--image FILE]… [--conversation C] [--route R] [--timeout SECONDS] [--stream] [--agent A] [--json], e.g. weft:ask how full is the disk";
    private static final Duration DEFAULT = Duration.ofMinutes(5);
    private static final long MOST_SECONDS = 3600;

    /** @throws IllegalArgumentException says what is wrong */
    static AskLine parse(List<String> words) {
        List<String> prompt = new ArrayList<>();
        List<String> options = new ArrayList<>();
        List<Path> images = new ArrayList<>();
        String conversation = "";
        String route = "";
        Duration timeout = DEFAULT;
        boolean stream = false;
        for (Iterator<String> rest = words.iterator(); rest.hasNext(); ) {
            String word = rest.next();
            if (!word.startsWith("--") && !word.equals("-h")) {
                prompt.add(word);
                continue;
            }
            options.add(word);
            switch (word) {
                case "--image" -> images.add(Path.of(value(word, rest, options)));
                case "--conversation" -> conversation = value(word, rest, options);
                case "--route" -> route = value(word, rest, options);
                case "--agent" -> value(word, rest, options);
                case "--timeout" -> timeout = seconds(value(word, rest, options));
                case "--stream" -> stream = true;
                case "--trace", "--json", "--help", "-h" -> {}
                default ->
                        throw new IllegalArgumentException(
                                "\"" + word + "\" is no option; " + USAGE);
            }
        }
        String text = String.join(" ", prompt);
        if (text.isBlank() && !options.contains("--help") && !options.contains("-h")) {
            throw new IllegalArgumentException(USAGE);
        }
        return new AskLine(
                text, List.copyOf(options), conversation, route, images, timeout, stream);
    }

    private static String value(String option, Iterator<String> rest, List<String> options) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value; " + USAGE);
        }
        String value = rest.next();
        options.add(value);
        return value;
    }

    private static Duration seconds(String text) {
        try {
            long seconds = Long.parseLong(text);
            if (seconds >= 1 && seconds <= MOST_SECONDS) {
                return Duration.ofSeconds(seconds);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(
                "--timeout must be 1 to " + MOST_SECONDS + " seconds, got \"" + text + "\"");
    }

    /** Whether another host answers, or the answer is a document: both are the command line's. */
    boolean isElsewhere() {
        return CommandTable.isBeyond(
                "ask",
                options.toArray(String[]::new),
                "--image",
                "--conversation",
                "--route",
                "--timeout",
                "--stream",
                "--trace");
    }

    /** The arguments of {@code weft ask}. */
    List<String> words() {
        List<String> words = new ArrayList<>(options);
        if (!prompt.isBlank()) {
            words.add(prompt);
        }
        return words;
    }

    Agent.Question question() {
        return new Agent.Question(
                prompt,
                timeout,
                conversation,
                route,
                null,
                0,
                List.of(),
                List.of(),
                "",
                "",
                Image.of(images));
    }
}
