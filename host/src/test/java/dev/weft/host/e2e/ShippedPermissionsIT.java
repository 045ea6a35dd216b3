package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import dev.weft.skill.repository.scan.Scan;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scan that a catalog shows finds nothing in what ships with Weft that its manifest does not declare. */
@Tag("once")
class ShippedPermissionsIT {
    /** Embeds H2, whose server, shell and triggers these skills do not use; the scan cannot tell. */
    private static final Set<String> WITH_DATABASE = Set.of("data.jar", "notes.jar");

    @Test
    void shipped_skills_declare_what_they_reach() throws Exception {
        List<String> wrong = new ArrayList<>();
        int jars = 0;
        try (Stream<Path> skills = Files.list(Program.HOME.resolve("skills"))) {
            for (Path jar : skills.toList()) {
                jars++;
                Report report = new Scan(Set.of()).scan(jar);
                String name = jar.getFileName().toString();
                report.findings().stream()
                        .filter(finding -> finding.severity() != Finding.Severity.LOW)
                        .filter(finding -> !isDatabase(name, finding))
                        .forEach(finding -> wrong.add(name + ": " + finding));
                assertTrue(report.status() != Report.Status.NOT_SCANNED, name + report.reason());
            }
        }
        assertTrue(jars > 10, "skills: " + jars);
        assertEquals(List.of(), wrong);
    }

    private static boolean isDatabase(String jar, Finding finding) {
        return WITH_DATABASE.contains(jar)
                && (finding.explanation().startsWith("org.h2.")
                        || finding.name().equals("hidden-code")
                                && finding.explanation().contains("[org.h2."));
    }
}
