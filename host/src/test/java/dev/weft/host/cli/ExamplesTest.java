package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ExamplesTest {
    private static final Pattern WORD = Pattern.compile("'[^']*'|(?:[^\\s\"]|\"[^\"]*\")+");

    @Test
    void help_of_every_command_ends_with_examples_and_none_is_left_over() {
        List<CommandLine> commands = new ArrayList<>();
        collect(Weft.commandLine(), commands);
        Set<String> unused = new HashSet<>(Examples.all().keySet());
        for (CommandLine command : commands) {
            String name = command.getCommandSpec().qualifiedName();
            assertTrue(
                    command.getUsageMessage().contains("Examples:"),
                    name + " has no examples; write some into examples.txt");
            unused.remove(name);
        }
        assertEquals(Set.of(), unused, "no such commands");
    }

    private static void collect(CommandLine command, List<CommandLine> into) {
        into.add(command);
        command.getSubcommands().values().forEach(below -> collect(below, into));
    }

    @Test
    void examples_are_understood_and_stand_below_their_command() {
        Examples.all()
                .forEach(
                        (name, lines) ->
                                lines.lines()
                                        .map(String::strip)
                                        .filter(line -> line.startsWith("weft "))
                                        .flatMap(line -> Arrays.stream(line.split(" && ")))
                                        .filter(part -> part.startsWith("weft "))
                                        .forEach(ExamplesTest::understood));
        Examples.all().forEach((name, lines) -> assertTrue(lines.contains(name), name));
    }

    /** Two spaces begin a remark. */
    private static void understood(String line) {
        String[] words =
                WORD.matcher(line.split(" {2,}")[0])
                        .results()
                        .map(MatchResult::group)
                        .skip(1)
                        .map(word -> word.replaceAll("^'|'$|\"", ""))
                        .toArray(String[]::new);
        assertDoesNotThrow(() -> Weft.commandLine().parseArgs(words), line);
    }
}
