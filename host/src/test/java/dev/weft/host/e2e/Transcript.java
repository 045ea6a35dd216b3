package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Runs the transcript of a document. Lines after {@code $} are typed; the lines below must come, digits, agent ids and the width of
 * columns aside; … stands for anything. {@code run}, and what ends in &amp;, stays in the background. Commands that only look are
 * repeated until they show what the document says, as a person would. Ports are free ones.
 */
final class Transcript implements AutoCloseable {
    private final Path folder;
    private static final Pattern LOOKS =
            Pattern.compile(
                    "\\./weft (agents|skills|peers|tasks|audit|llm|doctor)( .*)?|.*curl .*/metrics.*");
    private static final Pattern WRITTEN_PORT = Pattern.compile("\\b870([0-2])\\b");
    private static final int PATIENCE = 240;

    private final List<String> ports =
            Stream.generate(() -> String.valueOf(Ports.free())).distinct().limit(3).toList();
    private final Map<String, Program> background = new LinkedHashMap<>();
    private String code = "";

    /** @param folder where it is typed */
    Transcript(Path folder) {
        this.folder = folder;
    }

    /** Runs a document.
     * @return how many commands there were */
    int run(Path document) throws Exception {
        List<List<String>> steps = steps(Files.readString(document));
        for (List<String> step : steps) {
            run(step.get(0), step.subList(1, step.size()));
        }
        return steps.size();
    }

    /** The port that stands for 870n. */
    String port(int n) {
        return ports.get(n);
    }

    @Override
    public void close() {
        List<Program> all = new ArrayList<>(background.values());
        Collections.reverse(all);
        all.forEach(Program::close);
    }

    /** Each command with the lines that follow it. */
    private static List<List<String>> steps(String readme) {
        List<List<String>> steps = new ArrayList<>();
        Matcher block = Pattern.compile("```console\n(.*?)```", Pattern.DOTALL).matcher(readme);
        while (block.find()) {
            for (String line : block.group(1).split("\n")) {
                if (line.startsWith("$ ")) {
                    steps.add(new ArrayList<>(List.of(line.substring(2))));
                } else {
                    steps.get(steps.size() - 1).add(line);
                }
            }
        }
        return steps;
    }

    private void run(String command, List<String> expected) throws IOException {
        if (command.matches("cp \\S+\\.jar \\S+")) {
            drop(command.split(" "));
        } else if (command.startsWith("mvn ")) {
            Maven.run(folder, command.substring(4).split(" "));
        } else if (command.startsWith("kill ")) {
            kill(command);
        } else if (command.matches("\\./weft run (?!.*--check).*|\\./weft [^|]* &")) {
            Program program = Program.start(folder, arguments(command));
            background.put(command, program);
            expected.forEach(line -> program.await(actual -> fits(line, actual)));
        } else if (LOOKS.matcher(command).matches()) {
            Awaitility.await(command)
                    .atMost(Duration.ofSeconds(PATIENCE))
                    .pollInterval(Duration.ofMillis(500))
                    .untilAsserted(() -> check(command, expected));
        } else {
            check(command, expected);
        }
    }

    private void check(String command, List<String> expected) {
        boolean weft = command.matches("\\./weft [^|>$]*");
        Program.Result result =
                weft
                        ? Program.run(folder, arguments(command))
                        : Program.sh(folder, withPorts(command));
        assertEquals(0, result.exit(), command + "\n" + result.text());
        Matcher made = Pattern.compile("^code (\\d{6})").matcher(result.text());
        code = made.find() ? made.group(1) : code;
        for (String line : expected) {
            assertTrue(
                    result.text().lines().anyMatch(actual -> fits(line, actual)),
                    () -> "expected \"" + line + "\" from " + command + ", got:\n" + result.text());
        }
        if (command.contains("weft approve")) {
            assertEquals(0, job("weft pair").getValue().awaitExit());
        }
    }

    /** Drops a skill, and waits until the mesh knows it: what comes next needs it. */
    private void drop(String[] words) throws IOException {
        Path jar = Path.of(words[1]).getFileName();
        String skill = jar.toString().replace(".jar", "");
        String host = words[2].replaceAll("/.*", "");
        Files.copy(
                Program.HOME.resolve("skills").resolve(jar), folder.resolve(words[2]).resolve(jar));
        TestHost.await(
                skill + " of " + host,
                () ->
                        Program.run(folder, "skills", "--data", "first")
                                        .text()
                                        .lines()
                                        .anyMatch(
                                                line -> line.matches(skill + " .* " + host + " .*"))
                                && (host.equals("first")
                                        || Program.run(folder, "peers", "--data", "first")
                                                .text()
                                                .contains("p2p")));
    }

    /** {@code kill -9 %?TEXT}: the job whose command has the text. */
    private void kill(String command) {
        var job = job(command.replaceAll(".*%\\?|'", ""));
        if (command.contains("-9")) {
            job.getValue().kill();
        } else {
            assertEquals(0, job.getValue().terminate());
        }
        background.remove(job.getKey());
    }

    /** The latest job whose command has a text. */
    private Map.Entry<String, Program> job(String text) {
        return background.entrySet().stream()
                .filter(entry -> entry.getKey().contains(text))
                .reduce((older, newer) -> newer)
                .orElseThrow(() -> new AssertionError("no job has \"" + text + "\""));
    }

    private String[] arguments(String command) {
        String typed =
                command.replaceFirst("^\\./weft ", "")
                        .replaceFirst(" &$", "")
                        .replaceFirst("^pair \\d{6}", "pair " + code);
        if (typed.startsWith("run") && !typed.contains("--port")) {
            typed += " --port 8700";
        }
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("\"([^\"]*)\"|'([^']*)'|(\\S+)").matcher(withPorts(typed));
        while (word.find()) {
            words.add(
                    word.group(1) != null
                            ? word.group(1)
                            : word.group(2) != null ? word.group(2) : word.group(3));
        }
        return words.toArray(String[]::new);
    }

    /** In one go: a port such as 28701 must not be looked through again. */
    private String withPorts(String text) {
        return WRITTEN_PORT
                .matcher(text)
                .replaceAll(written -> port(Integer.parseInt(written.group(1))));
    }

    private static boolean fits(String expected, String actual) {
        String wanted = shape(expected);
        String pattern =
                Arrays.stream(wanted.split("…", -1))
                        .map(part -> part.isEmpty() ? "" : Pattern.quote(part))
                        .collect(Collectors.joining(".*"));
        return Pattern.matches(pattern, shape(actual));
    }

    private static String shape(String line) {
        return line.replaceAll("agent-[0-9a-f]{6}", "AGENT")
                .replaceAll("wk_[A-Za-z0-9_-]+", "wk_…")
                .replaceAll("[0-9]+", "N")
                .replaceAll("\\s*…\\s*", "…")
                .replaceAll("\\s+", " ")
                .strip();
    }
}
