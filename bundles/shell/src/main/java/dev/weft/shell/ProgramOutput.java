package dev.weft.shell;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What the {@code weft} program prints, line by line: shown at once, but for what it says is wrong, which becomes an error of the shell. */
final class ProgramOutput {
    private static final String MARK = "weft: ";

    /** Programs that it starts, such as Maven, may switch colours off before a line of its own. */
    private static final Pattern COLOUR = Pattern.compile("\u001b\\[[0-9;]*m");

    private static final int LONGEST_LINE = 1 << 20;
    private static final int MOST_PROBLEMS = 200;

    private final PrintStream out;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final List<String> problems = new ArrayList<>();

    ProgramOutput(PrintStream out) {
        this.out = out;
    }

    void take(byte[] bytes, int count) {
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n' || line.size() == LONGEST_LINE) {
                tell();
            }
            if (bytes[i] != '\n') {
                line.write(bytes[i]);
            }
        }
    }

    private void tell() {
        String text = COLOUR.matcher(line.toString(StandardCharsets.UTF_8)).replaceAll("");
        line.reset();
        if (text.startsWith(MARK) && problems.size() < MOST_PROBLEMS) {
            problems.add(text.substring(MARK.length()));
        } else {
            out.println(Table.visible(text));
        }
    }

    /** After the last byte.
     * @throws IllegalStateException if the program failed: what it said, in one line */
    void end(int exit, String command) {
        if (line.size() > 0) {
            tell();
        }
        if (exit != 0 && problems.size() == 1) {
            throw new IllegalStateException(Table.visible(problems.get(0)));
        }
        problems.forEach(problem -> out.println(Table.visible(problem)));
        if (exit != 0) {
            throw new IllegalStateException(
                    problems.isEmpty()
                            ? "weft " + command + " ended with exit code " + exit
                            : problems.size() + " things are wrong; see above");
        }
    }
}
