package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Runs the transcript of a document. Lines after {@code $} are typed; the lines below must come, digits, agent ids and the width of
 * columns aside; … stands for anything. {@code run}, and what ends in &amp;, stays in the background. Ports are free ones.
 */
final class Transcript implements AutoCloseable {
    private final Path folder;
    private final String firstPort = freePort();
    private final String secondPort = freePort();
    private final List<Program> background = new ArrayList<>();
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

    @Override
    public void close() {
        for (int i = background.size() - 1; i >= 0; i--) {
            background.get(i).close();
        }
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
        if (command.startsWith("cp ")) {
            copy(command.split(" "));
            return;
        }
        if (command.startsWith("mvn ")) {
            Maven.run(folder, command.substring(4).split(" "));
            return;
        }
        boolean stays = command.endsWith(" &") || command.contains("weft run");
        String[] arguments = arguments(command);
        if (stays) {
            Program program = Program.start(folder, arguments);
            background.add(program);
            expected.forEach(line -> program.await(actual -> fits(line, actual), 60));
            return;
        }
        Program.Result result = Program.run(folder, arguments);
        assertEquals(0, result.exit(), command + "\n" + result.text());
        Matcher made = Pattern.compile("^code (\\d{6})").matcher(result.text());
        code = made.find() ? made.group(1) : code;
        for (String line : expected) {
            assertTrue(
                    result.text().lines().anyMatch(actual -> fits(line, actual)),
                    "expected \"" + line + "\" from " + command + ", got:\n" + result.text());
        }
        if (command.contains("weft approve")) {
            assertEquals(0, background.get(background.size() - 1).awaitExit(20));
        }
    }

    private void copy(String[] words) throws IOException {
        Path jar = Path.of(words[1]).getFileName();
        Files.copy(
                Program.HOME.resolve("skills").resolve(jar), folder.resolve(words[2]).resolve(jar));
        TestHost.await(
                "the skill and the link",
                () ->
                        Program.run(folder, "skills", "--data", "first").text().contains("second")
                                && Program.run(folder, "peers", "--data", "first")
                                        .text()
                                        .contains("p2p"));
    }

    private String[] arguments(String command) {
        String typed =
                command.replaceFirst("^\\./weft ", "")
                        .replaceFirst(" &$", "")
                        .replaceFirst("^pair \\d{6}", "pair " + code);
        if (typed.startsWith("run") && !typed.contains("--port")) {
            typed += " --port 8700";
        }
        typed = typed.replace("8700", firstPort).replace("8701", secondPort);
        List<String> words = new ArrayList<>();
        Matcher word = Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(typed);
        while (word.find()) {
            words.add(word.group(1) != null ? word.group(1) : word.group(2));
        }
        return words.toArray(String[]::new);
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

    private static String freePort() {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return String.valueOf(free.getLocalPort());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
