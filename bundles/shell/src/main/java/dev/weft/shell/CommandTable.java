package dev.weft.shell;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the commands of the command line take: subcommands and options. A test of the command line compares {@code command-line.txt} with
 * what it has.
 */
final class CommandTable {
    private static final Map<String, List<String>> KNOWN = read();

    private CommandTable() {}

    private static Map<String, List<String>> read() {
        try (InputStream in = CommandTable.class.getResourceAsStream("command-line.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(": ", 2))
                    .collect(
                            Collectors.toMap(part -> part[0], part -> List.of(part[1].split(" "))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What can stand after a command, or after a command and its subcommand. */
    static List<String> following(String command) {
        return KNOWN.getOrDefault(command, List.of());
    }

    /** Whether one of the words is an option that the command line knows and the shell does not.
     * @param own options that the shell knows itself */
    static boolean isBeyond(String command, String[] words, String... own) {
        List<String> options =
                words.length > 0
                                && !words[0].startsWith("-")
                                && following(command).contains(words[0])
                        ? following(command + " " + words[0])
                        : following(command);
        return Stream.of(words)
                .map(word -> word.startsWith("--") ? word.split("=", 2)[0] : word)
                .anyMatch(
                        word ->
                                asksForHelp(word)
                                        || word.startsWith("--")
                                                && options.contains(word)
                                                && !List.of(own).contains(word));
    }

    static boolean asksForHelp(String... words) {
        return Stream.of(words).anyMatch(word -> word.equals("--help") || word.equals("-h"));
    }
}
