package dev.weft.host.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The examples at the end of each command's {@code --help}; read from {@code examples.txt} when somebody asks for help. */
final class Examples {
    private Examples() {}

    /** Lets a command and all below it end their help with their examples. */
    static CommandLine with(CommandLine line) {
        line.getHelpSectionMap()
                .put(UsageMessageSpec.SECTION_KEY_FOOTER, help -> footer(help, all()));
        line.getSubcommands().values().forEach(Examples::with);
        return line;
    }

    private static String footer(Help help, Map<String, String> all) {
        String examples = all.get(help.commandSpec().qualifiedName());
        return examples == null
                ? ""
                : String.format(
                        "%nExamples:%n%s%n", examples.replace("\n", System.lineSeparator()));
    }

    /** Qualified name of a command to its lines, indented by two. */
    static Map<String, String> all() {
        try (InputStream in = Examples.class.getResourceAsStream("examples.txt")) {
            Map<String, String> all = new LinkedHashMap<>();
            for (String part :
                    new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().split("\n\n+")) {
                all.put(
                        part.lines().findFirst().orElse(""),
                        part.lines().skip(1).collect(Collectors.joining("\n")));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
