package dev.weft.skill.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SkillFrameworkTest {
    private static final String COMPONENT =
            """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="counter">
              <service><provide interface="dev.weft.skill.SkillService"/></service>
              <implementation class="dev.weft.skill.testing.Counter"/>%s
            </scr:component>
            """;

    @TempDir Path folder;

    @Test
    void runs_the_bundle_of_a_skill() throws Exception {
        try (SkillFramework framework = SkillFramework.of(jar("", "")).start()) {
            SkillHarness counter = framework.skill("counter");
            assertEquals(2, counter.call("count", Map.of("to", 2)).asInt());
        }
    }

    @Test
    void says_which_reference_is_missing_and_takes_one_that_is_added() throws Exception {
        String reference =
                "<reference name=\"words\" interface=\"java.lang.CharSequence\" target=\"(a=b)\"/>";
        Path jar = jar(reference, "");
        try (SkillFramework framework = SkillFramework.of(jar).start()) {
            String problem =
                    assertThrows(IllegalStateException.class, () -> framework.skill("counter"))
                            .getMessage();
            assertTrue(problem.contains("counter waits for java.lang.CharSequence (a=b)"), problem);
        }
        try (SkillFramework framework =
                SkillFramework.of(jar)
                        .with(CharSequence.class, "words", Map.of("a", "b"))
                        .start()) {
            assertEquals("counter", framework.skill("counter").card().id());
        }
    }

    @Test
    void says_which_package_no_host_has() throws Exception {
        SkillFramework framework = SkillFramework.of(jar("", ",org.nowhere"));
        String problem = assertThrows(IllegalStateException.class, framework::start).getMessage();
        assertTrue(problem.contains("org.nowhere"), problem);
        assertFalse(problem.contains("null"), problem);
    }

    private Path jar(String reference, String imports) throws IOException {
        String manifest =
                "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: counter\nBundle-Version: 1.0.0\n"
                        + "Service-Component: counter.xml\n"
                        + "Import-Package: dev.weft.skill,dev.langchain4j.agent.tool"
                        + imports
                        + "\n";
        Path file = Files.createTempFile(folder, "counter", ".jar");
        try (OutputStream out = Files.newOutputStream(file);
                JarOutputStream jar =
                        new JarOutputStream(
                                out,
                                new Manifest(
                                        new ByteArrayInputStream(
                                                manifest.getBytes(StandardCharsets.UTF_8))));
                InputStream type = Counter.class.getResourceAsStream("Counter.class")) {
            jar.putNextEntry(new ZipEntry("counter.xml"));
            jar.write(COMPONENT.formatted(reference).getBytes(StandardCharsets.UTF_8));
            jar.putNextEntry(new ZipEntry("dev/weft/skill/testing/Counter.class"));
            type.transferTo(jar);
        }
        return file;
    }
}
