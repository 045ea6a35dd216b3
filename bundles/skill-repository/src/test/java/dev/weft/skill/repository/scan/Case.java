package dev.weft.skill.repository.scan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/**
 * A jar that means harm, and what the user is told.
 *
 * @param title what it does
 * @param finding name of the finding
 * @param told a part of the explanation
 * @param jar the jar
 */
record Case(String title, String finding, String told, Fixture jar) {
    static final Set<String> KNOWN =
            Set.of("words", "weather", "calendar", "notes", "disk", "file-search");

    static Case code(String title, String finding, String told, String statements) {
        return new Case(title, finding, told, new Fixture().calls(statements));
    }

    static Case jar(String title, String finding, String told, Fixture jar) {
        return new Case(title, finding, told, jar);
    }

    /** Scans it: it must be blocked, for this reason. */
    void isBlocked(Path temporary) throws IOException {
        Report report = new Scan(KNOWN).scan(jar.write(temporary));
        assertTrue(report.blocks(), report.toString());
        Finding found =
                report.findings().stream()
                        .filter(f -> f.name().equals(finding))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(report.toString()));
        assertEquals(Finding.Severity.HIGH, found.severity(), found.toString());
        assertTrue(found.explanation().contains(told), found.explanation());
    }

    @Override
    public String toString() {
        return title;
    }
}
