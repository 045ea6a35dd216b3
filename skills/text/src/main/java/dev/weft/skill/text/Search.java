package dev.weft.skill.text;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Finds where a regular expression matches, within a bounded time. */
final class Search {
    private static final int MAX_PATTERN = 1000;
    private static final int MAX_LINE = 300;

    private Search() {}

    static Results.Found find(String text, String pattern, int limit, long millis)
            throws InterruptedException {
        List<Results.Match> found = new ArrayList<>();
        Matcher matcher =
                compile(pattern)
                        .matcher(
                                new BoundedText(
                                        text,
                                        System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis)));
        int line = 1;
        int lineStart = 0;
        int seen = 0;
        try {
            while (matcher.find()) {
                if (found.size() == limit) {
                    return new Results.Found(found, true);
                }
                for (; seen < matcher.start(); seen++) {
                    if (text.charAt(seen) == '\n') {
                        line++;
                        lineStart = seen + 1;
                    }
                }
                int lineEnd = text.indexOf('\n', lineStart);
                String whole =
                        text.substring(lineStart, lineEnd < 0 ? text.length() : lineEnd)
                                .stripTrailing();
                found.add(
                        new Results.Match(
                                line,
                                matcher.start() - lineStart + 1,
                                shorten(text.substring(matcher.start(), matcher.end())),
                                shorten(whole)));
            }
        } catch (BoundedText.Stopped stopped) {
            if (stopped.interrupted) {
                throw new InterruptedException();
            }
            throw new IllegalArgumentException(
                    "the pattern did not finish within "
                            + millis / 1000.0
                            + " s on this text; nested repetitions such as (.*a){9} do that",
                    stopped);
        } catch (StackOverflowError tooDeep) {
            throw new IllegalArgumentException(
                    "the pattern needs too much memory on this text; avoid repeated alternatives such as (a|b)*",
                    tooDeep);
        }
        return new Results.Found(found, false);
    }

    private static Pattern compile(String pattern) {
        if (pattern.isEmpty() || pattern.length() > MAX_PATTERN) {
            throw new IllegalArgumentException(
                    "the pattern must have 1 to " + MAX_PATTERN + " characters");
        }
        try {
            return Pattern.compile(pattern, Pattern.MULTILINE);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "not a regular expression: "
                            + e.getDescription()
                            + " at character "
                            + (e.getIndex() + 1),
                    e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException("the pattern is nested too deeply", e);
        }
    }

    private static String shorten(String text) {
        return text.length() > MAX_LINE ? text.substring(0, MAX_LINE) + "…" : text;
    }
}
