package dev.weft.host.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weft.skill.repository.scan.Finding;
import dev.weft.skill.repository.scan.Report;
import dev.weft.skill.repository.scan.Scan;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scan that a catalog shows finds nothing in what ships with Weft that its manifest does not declare. */
@Tag("once")
class ShippedPermissionsIT {
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();
    private static final long MOST_MILLIS = 2_000;

    @Test
    void shipped_skills_declare_what_they_reach() throws Exception {
        new Scan(Set.of()).scan(Program.HOME.resolve("skills/text.jar")); // loads its classes
        List<String> wrong = new ArrayList<>();
        int jars = 0;
        try (Stream<Path> skills = Files.list(Program.HOME.resolve("skills"))) {
            for (Path jar : skills.toList()) {
                jars++;
                long before = CLOCK.getCurrentThreadCpuTime();
                Report report = new Scan(Set.of()).scan(jar);
                long millis = Duration.ofNanos(CLOCK.getCurrentThreadCpuTime() - before).toMillis();
                String name = jar.getFileName().toString();
                assertTrue(millis <= MOST_MILLIS, name + " took " + millis + " ms to scan");
                report.findings().stream()
                        .filter(finding -> finding.severity() != Finding.Severity.LOW)
                        .forEach(finding -> wrong.add(name + ": " + finding));
                assertTrue(report.status() != Report.Status.NOT_SCANNED, name + report.reason());
            }
        }
        assertTrue(jars > 10, "skills: " + jars);
        assertEquals(List.of(), wrong);
    }
}
