package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.shell.Completion;
import dev.weft.shell.HostCare;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Whatever the command line does, the shell of a host does too. */
class ShellParityTest {
    private static final Pattern FUNCTION =
            Pattern.compile("osgi\\.command\\.function\"[^>]*?(?:value=\"([^\"]+)\"/>|>([^<]+)<)");
    private static final Pattern CLASS = Pattern.compile("<implementation class=\"([^\"]+)\"");

    /** They make no sense within a host; the shell says what to use instead. */
    private static final Set<String> NOT_IN_A_HOST = Set.of("run", "shell", "completion");

    /** They name the host, which is this one. */
    private static final Set<String> OF_EVERY_COMMAND =
            Set.of("--help", "--data", "--url", "--key");

    @Test
    void every_command_of_the_command_line_is_one_of_the_shell_with_help() throws Exception {
        Map<String, String> functions = functions();
        Set<String> lacking = new TreeSet<>(Weft.commandLine().getSubcommands().keySet());
        lacking.removeAll(functions.keySet());
        assertEquals(
                Set.of(),
                lacking,
                "the shell lacks these; add them to bundles/shell, or say there what to use instead");
        for (String function : Weft.commandLine().getSubcommands().keySet()) {
            assertTrue(
                    Arrays.stream(Class.forName(functions.get(function)).getMethods())
                            .anyMatch(
                                    method ->
                                            method.getName().equals(function)
                                                    && method.isAnnotationPresent(
                                                            Descriptor.class)),
                    "help weft:" + function + " says nothing");
        }
    }

    @Test
    void each_subcommand_and_option_completes_in_the_shell() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        collect("", Weft.commandLine(), expected);
        String text =
                expected.entrySet().stream()
                        .map(entry -> entry.getKey() + ": " + entry.getValue() + "\n")
                        .collect(Collectors.joining());
        try (InputStream in = Completion.class.getResourceAsStream("command-line.txt")) {
            assertEquals(
                    text,
                    new String(in.readAllBytes(), StandardCharsets.UTF_8),
                    "write this to command-line.txt of bundles/shell:\n" + text);
        }
    }

    @Test
    void what_makes_no_sense_in_a_host_is_told_in_one_line() throws Exception {
        HostCare care = new HostCare(null);
        for (String command : NOT_IN_A_HOST) {
            Object said =
                    HostCare.class
                            .getMethod(command, String[].class)
                            .invoke(care, (Object) new String[] {"--any", "thing"});
            assertFalse(String.valueOf(said).isBlank() || said.toString().contains("\n"), command);
        }
    }

    private static void collect(String path, CommandLine line, Map<String, String> all) {
        List<String> words =
                Stream.concat(
                                line.getSubcommands().keySet().stream(),
                                line.getCommandSpec().options().stream()
                                        .map(option -> option.longestName())
                                        .filter(name -> name.startsWith("--")))
                        .filter(word -> !OF_EVERY_COMMAND.contains(word))
                        .sorted()
                        .toList();
        if (!path.isEmpty() && !words.isEmpty() && !NOT_IN_A_HOST.contains(path)) {
            all.put(path, String.join(" ", words));
        }
        line.getSubcommands()
                .forEach((name, below) -> collect((path + " " + name).strip(), below, all));
    }

    /** Name of each function of scope weft, and the class that has it, as the bundle registers them. */
    private static Map<String, String> functions() throws IOException, URISyntaxException {
        Path place =
                Path.of(
                        Completion.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        if (Files.isDirectory(place)) {
            return functions(place.resolve("OSGI-INF"));
        }
        try (FileSystem jar = FileSystems.newFileSystem(place)) {
            return functions(jar.getPath("OSGI-INF"));
        }
    }

    private static Map<String, String> functions(Path folder) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".xml")).toList()) {
                String text = Files.readString(file);
                Matcher type = CLASS.matcher(text);
                Matcher function = FUNCTION.matcher(text);
                while (function.find()) {
                    String names =
                            function.group(1) == null ? function.group(2) : function.group(1);
                    for (String name : names.strip().split("\\s+")) {
                        assertTrue(type.find(0), file.toString());
                        all.put(name, type.group(1));
                    }
                }
            }
        }
        return all;
    }
}
