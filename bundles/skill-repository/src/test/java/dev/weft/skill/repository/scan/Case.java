package dev.weft.skill.repository.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A jar that means harm, and what the user is told.
 *
 * @param title what it does
 * @param finding name of the finding; "" if it cannot be scanned
 * @param severity of the finding; null if it cannot be scanned
 * @param told a part of the explanation
 * @param jar the jar
 * @param change what is done to its bytes
 */
record Case(
        String title,
        String finding,
        Finding.Severity severity,
        String told,
        Fixture jar,
        UnaryOperator<byte[]> change) {
    static final Set<String> KNOWN =
            Set.of("words", "weather", "calendar", "notes", "disk", "file-search");

    static Case code(String title, String finding, String told, String statements) {
        return jar(title, finding, told, new Fixture().calls(statements));
    }

    static Case jar(String title, String finding, String told, Fixture jar) {
        return new Case(title, finding, Finding.Severity.HIGH, told, jar, UnaryOperator.identity());
    }

    /** A jar of two text files, changed by hand. */
    static Case zip(String title, String finding, String told, UnaryOperator<byte[]> change) {
        return new Case(
                title,
                finding,
                Finding.Severity.HIGH,
                told,
                new Fixture().entry("aaaa.txt", "good").entry("bbbb.txt", "evil"),
                change);
    }

    /** What a person is asked about. */
    static Case asked(String title, String finding, String told, Fixture jar) {
        return new Case(
                title, finding, Finding.Severity.MEDIUM, told, jar, UnaryOperator.identity());
    }

    /** What cannot be scanned, which is not passed. */
    static Case unscanned(String title, String told, Fixture jar) {
        return new Case(title, "", null, told, jar, UnaryOperator.identity());
    }

    static Case unscanned(String title, String told, UnaryOperator<byte[]> change) {
        return new Case(title, "", null, told, new Fixture().entry("aaaa.txt", "good"), change);
    }

    /** Scans it: it must be answered like this, for this reason. */
    void isAnswered(Path temporary) throws IOException {
        Path file = Files.write(temporary.resolve("x.jar"), change.apply(jar.bytes(temporary)));
        Report report = new Scan(KNOWN).scan(file);
        if (severity == null) {
            assertEquals(Report.Status.NOT_SCANNED, report.status(), report.toString());
            assertTrue(report.reason().contains(told), report.toString());
            assertTrue(report.blocks());
            return;
        }
        Finding found =
                report.findings().stream()
                        .filter(f -> f.name().equals(finding))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(report.toString()));
        assertEquals(severity, found.severity(), found.toString());
        assertTrue(found.explanation().contains(told), found.explanation());
        assertEquals(severity == Finding.Severity.HIGH, report.blocks(), report.toString());
    }

    /** What it is made of: two that are the same are one. */
    String substance(Path temporary) throws IOException {
        return change == UnaryOperator.<byte[]>identity()
                ? jar.substance()
                : new String(change.apply(jar.bytes(temporary)), StandardCharsets.ISO_8859_1);
    }

    @Override
    public String toString() {
        return title;
    }
}
