package dev.weft.host.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every {@code weft} command and option, and every command of the shell, that a document names does exist. */
class DocumentCommandsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Pattern BLOCK =
            Pattern.compile("^```(\\w*)\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern SPAN = Pattern.compile("`([^`\n]+)`");
    private static final Pattern WORD = Pattern.compile("(?:[^\\s'\"]|'[^']*'|\"[^\"]*\")+");
    private static final Pattern CALL =
            Pattern.compile("(?:^|[;&|(]\\s*)(?:\\$ )?(?:sudo )?(?:[\\w./]*/)?weft (\\S.*)$");
    private static final Pattern SHELL = Pattern.compile("weft:([a-z]+)");
    private static final Pattern FUNCTION = Pattern.compile("osgi\\.command\\.function=([a-z]+)");

    /** What the script of a checkout does by itself. */
    private static final Set<String> OF_THE_SCRIPT = Set.of("test", "dist");

    private final CommandSpec weft = Weft.commandLine().getCommandSpec();

    @Test
    void every_command_and_option_of_the_documents_exists() throws IOException {
        Set<String> functions = shellFunctions();
        List<String> wrong = new ArrayList<>();
        int commands = 0;
        for (Path page : pages()) {
            for (String code : code(Files.readString(page))) {
                Matcher call = CALL.matcher(code);
                if (call.find()) {
                    commands++;
                    String problem = problem(call.group(1));
                    if (!problem.isEmpty()) {
                        wrong.add(ROOT.relativize(page) + ": " + code + " → " + problem);
                    }
                }
                Matcher shell = SHELL.matcher(code);
                while (shell.find()) {
                    if (!functions.contains(shell.group(1))) {
                        wrong.add(ROOT.relativize(page) + ": " + shell.group());
                    }
                }
            }
        }
        assertEquals(List.of(), wrong);
        assertTrue(commands > 80, "only " + commands + " commands were found");
    }

    @Test
    void what_does_not_exist_is_found() {
        assertEquals("", problem("run --name first --data first"));
        assertEquals("", problem("key create [--role R] [--label L]"));
        assertEquals("", problem("audit --data first"));
        assertEquals("no command \"first\"", problem("audit --json first"));
        assertEquals("", problem("call text.compare first=a second=\"b --c\""));
        assertEquals("no command \"fly\"", problem("fly away"));
        assertEquals("no command \"steal\"", problem("key steal"));
        assertEquals("no option \"--wings\"", problem("run --wings 2"));
        assertEquals("no option \"--trace\"", problem("call disk.usage --trace"));
    }

    /** What is wrong with a command line as documents write it, with words such as FILE, [--option] and … in it; "" if nothing is. */
    private String problem(String line) {
        CommandSpec spec = weft;
        boolean named = false;
        boolean value = false; // whether the word belongs to the option before it
        Matcher words = WORD.matcher(line);
        while (words.find()) {
            String word = words.group();
            if (word.matches("[&|;)]+.*") || word.startsWith("#") || word.startsWith(">")) {
                return "";
            }
            if (value || word.startsWith("'") || word.startsWith("\"")) {
                value = false;
                continue;
            }
            if (word.equals("…") && !named) {
                return ""; // any command
            }
            word = word.replaceAll("[\\[\\](),;…]", "");
            if (word.startsWith("--") && word.length() > 2) {
                String option = word.replaceAll("=.*", "");
                OptionSpec known = spec.findOption(option);
                if (known == null) {
                    return "no option \"" + option + "\"";
                }
                value = known.arity().min() > 0 && !word.contains("=");
            } else if (word.matches("[a-z]+") && !spec.subcommands().isEmpty()) {
                CommandLine sub = spec.subcommands().get(word);
                if (sub == null) {
                    return !named && OF_THE_SCRIPT.contains(word)
                            ? ""
                            : "no command \"" + word + "\"";
                }
                spec = sub.getCommandSpec();
                named = true;
            }
        }
        return "";
    }

    /** Lines that are typed, and code within sentences. */
    private static Collection<String> code(String text) {
        List<String> code = new ArrayList<>();
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            boolean typed = block.group(1).equals("console");
            block.group(2)
                    .lines()
                    .filter(line -> typed ? line.startsWith("$ ") : line.matches("[\\w./]*weft .*"))
                    .forEach(code::add);
        }
        Matcher span = SPAN.matcher(BLOCK.matcher(text).replaceAll(""));
        while (span.find()) {
            code.add(span.group(1));
        }
        return code;
    }

    private static Set<String> shellFunctions() throws IOException {
        Set<String> functions = new HashSet<>();
        try (Stream<Path> sources = Files.walk(ROOT.resolve("bundles/shell/src/main/java"))) {
            for (Path source : sources.filter(file -> file.toString().endsWith(".java")).toList()) {
                Matcher function = FUNCTION.matcher(Files.readString(source));
                while (function.find()) {
                    functions.add(function.group(1));
                }
            }
        }
        return functions;
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        for (String folder : List.of("docs", "bundles", "skills", "host", "ui-web")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
                files.filter(page -> page.toString().endsWith(".md"))
                        .filter(page -> !page.toString().contains("/target/"))
                        .filter(page -> !page.toString().contains("/src/"))
                        .forEach(pages::add);
            }
        }
        return pages;
    }
}
