package dev.weft.skill.text;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.ChangeDelta;
import com.github.difflib.patch.Chunk;
import com.github.difflib.patch.Patch;
import java.util.ArrayList;
import java.util.List;

/** Compares two texts line by line. */
final class Comparison {
    private static final int MAX_LINES = 10_000;
    private static final int CONTEXT = 3;
    private static final String NO_NEWLINE = "\\ No newline at end of file";

    private Comparison() {}

    static Results.Difference compare(String before, String after) {
        if (before.equals(after)) {
            return new Results.Difference(true, 0, 0, "");
        }
        List<String> old = lines(before);
        List<String> now = lines(after);
        Patch<String> patch = joined(DiffUtils.diff(old, now, new MyersDiffWithLinearSpace<>()));
        List<String> unified =
                UnifiedDiffUtils.generateUnifiedDiff("before", "after", old, patch, CONTEXT);
        int added =
                patch.getDeltas().stream()
                        .map(AbstractDelta::getTarget)
                        .mapToInt(chunk -> chunk.size())
                        .sum();
        int removed =
                patch.getDeltas().stream()
                        .map(AbstractDelta::getSource)
                        .mapToInt(chunk -> chunk.size())
                        .sum();
        return new Results.Difference(false, added, removed, String.join("\n", unified) + "\n");
    }

    /** Joins changes that touch: the linear-space algorithm reports a changed line as one that came and one that went. */
    private static Patch<String> joined(Patch<String> patch) {
        Patch<String> joined = new Patch<>();
        AbstractDelta<String> open = null;
        for (AbstractDelta<String> delta : patch.getDeltas()) {
            if (open != null
                    && touches(open.getSource(), delta.getSource())
                    && touches(open.getTarget(), delta.getTarget())) {
                open =
                        new ChangeDelta<>(
                                join(open.getSource(), delta.getSource()),
                                join(open.getTarget(), delta.getTarget()));
            } else {
                if (open != null) {
                    joined.addDelta(open);
                }
                open = delta;
            }
        }
        if (open != null) {
            joined.addDelta(open);
        }
        return joined;
    }

    private static boolean touches(Chunk<String> first, Chunk<String> next) {
        return first.getPosition() + first.size() == next.getPosition();
    }

    private static Chunk<String> join(Chunk<String> first, Chunk<String> next) {
        List<String> lines = new ArrayList<>(first.getLines());
        lines.addAll(next.getLines());
        return new Chunk<>(first.getPosition(), lines);
    }

    /** The lines; a last line without line end differs from the same line with one, and is marked as diff marks it. */
    private static List<String> lines(String text) {
        List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
        String last = lines.remove(lines.size() - 1);
        if (!last.isEmpty()) {
            lines.add(last + "\n" + NO_NEWLINE);
        }
        if (lines.size() > MAX_LINES) {
            throw new IllegalArgumentException(
                    "a text to compare may have " + MAX_LINES + " lines, got " + lines.size());
        }
        return lines;
    }
}
