package dev.weft.deploy;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuditTest {
    @TempDir Path home;

    private static byte[] zip(String... names) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (String name : names) {
                zip.putNextEntry(new ZipEntry(name));
                zip.write('x');
            }
        }
        return bytes.toByteArray();
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(home.resolve("a.jar"), bytes);
    }

    private Path bundle(String... headers) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("Manifest-Version", "1.0");
        all.put("Bundle-ManifestVersion", "2");
        all.put("Bundle-SymbolicName", "com.acme.disk");
        all.put("Bundle-Version", "1.2.3");
        all.put("Provide-Capability", "weft.skill;weft.skill=disk");
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        StringBuilder manifest = new StringBuilder();
        all.forEach(
                (name, value) -> {
                    if (!value.isEmpty()) {
                        manifest.append(name).append(": ").append(value).append("\r\n");
                    }
                });
        return manifest(manifest + "\r\n");
    }

    private Path manifest(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            zip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return file(bytes.toByteArray());
    }

    private static String entriesRefused(Path jar) {
        return assertThrows(Refusal.class, () -> Audit.entries(jar)).getMessage();
    }

    private static String manifestRefused(Path jar) {
        return assertThrows(Refusal.class, () -> Audit.manifest(jar, "dev.weft.tasks"::equals))
                .getMessage();
    }

    @Test
    void a_skill_bundle_passes_and_says_what_it_is() throws Exception {
        Path jar =
                bundle(
                        "Provide-Capability",
                        "weft.skill;weft.skill=disk;title=\"Disk, space; and more\",other,weft.skill;weft.skill:String=\"text\"");
        Audit.entries(jar);
        Audit.Facts facts = Audit.manifest(jar, name -> false);
        assertEquals(
                "com.acme.disk 1.2.3 [disk, text]",
                facts.bundle() + " " + facts.version() + " " + facts.skills());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../evil",
                "a/../../evil",
                "/etc/passwd",
                "\\windows",
                "C:/x",
                "a\\..\\b",
                "a\u0000b"
            })
    void an_entry_that_points_outside_is_refused(String name) throws Exception {
        assertTrue(entriesRefused(file(zip("ok", name))).contains("points outside"));
    }

    @Test
    void names_with_dots_in_them_are_fine() throws Exception {
        Path jar = file(zip("a..b", "..a/b", "a/./b", "META-INF/x"));
        assertDoesNotThrow(() -> Audit.entries(jar));
    }

    @Test
    void two_entries_of_one_name_are_refused() throws Exception {
        String raw =
                new String(zip("first", "other"), StandardCharsets.ISO_8859_1)
                        .replace("other", "first");
        assertTrue(
                entriesRefused(file(raw.getBytes(StandardCharsets.ISO_8859_1)))
                        .contains("two entries"));
    }

    @Test
    void a_bomb_is_refused_by_what_it_says_of_itself_without_unpacking_it() throws Exception {
        byte[] bytes = zip("bomb");
        int header = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\u0001\u0002");
        bytes[header + 27] = 0x7f;
        assertTrue(entriesRefused(file(bytes)).contains("512 MiB"));
    }

    @Test
    void too_many_entries_are_refused() throws Exception {
        String[] names = new String[4097];
        for (int i = 0; i < names.length; i++) {
            names[i] = "n" + i;
        }
        assertTrue(entriesRefused(file(zip(names))).contains("4097 entries"));
    }

    @Test
    void what_is_no_zip_is_refused() throws Exception {
        assertTrue(
                entriesRefused(file("no zip".getBytes(StandardCharsets.UTF_8)))
                        .contains("not a zip"));
        assertTrue(entriesRefused(file(new byte[0])).contains("not a zip"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Bundle-SymbolicName | `` | no Bundle-SymbolicName",
                "Bundle-SymbolicName | ../evil | is no symbolic name",
                "Bundle-SymbolicName | dev.weft.tasks | like a bundle of the host itself",
                "Bundle-SymbolicName | com.acme.disk;singleton:=true | is a singleton",
                "Bundle-SymbolicName | com.acme.disk; singleton:=\"true\" | is a singleton",
                "Bundle-ManifestVersion | 1 | Bundle-ManifestVersion: 2",
                "Bundle-ManifestVersion | `` | Bundle-ManifestVersion: 2",
                "Bundle-Version | one | is none",
                "Fragment-Host | dev.weft.tasks | is a fragment",
                "Fragment-Host | system.bundle;extension:=framework | is a fragment",
                "DynamicImport-Package | * | DynamicImport-Package",
                "Export-Package | com.acme,dev.weft.api.task;version=9 | exports package dev.weft.api.task",
                "Export-Package | com.acme;org.osgi.framework;version=9 | exports package org.osgi.framework",
                "Export-Package | java.lang | exports package java.lang",
                "Import-Package | org.osgi.framework.hooks.service;version=1 | imports package org.osgi.framework.hooks.service",
                "Require-Capability | osgi.ee;filter:=\"(osgi.ee=JavaSE)\",osgi.wiring.bundle;filter:=\"(osgi.wiring.bundle=dev.weft.identity)\" | requires osgi.wiring.bundle in Require-Capability",
                "Provide-Capability | weft.skill;weft.skill=disk,osgi.wiring.host;osgi.wiring.host=dev.weft.identity | provides osgi.wiring.host in Provide-Capability",
                "X-Note | `a\r\rName: b` | control character",
                "Provide-Capability | weft.skill | offers a skill with the id nothing",
                "Provide-Capability | weft.skill;weft.skill=\"A B\" | offers a skill with the id \"A B\"",
                "Provide-Capability | weft.skill;weft.skill=\"disk | a quote is not closed",
            })
    void a_manifest_that_reaches_beyond_its_own_bundle_is_refused(
            String header, String value, String reason) throws Exception {
        String refused = manifestRefused(bundle(header, value));
        assertTrue(refused.contains(reason), refused);
    }

    @Test
    void a_missing_broken_or_huge_manifest_is_refused() throws Exception {
        assertTrue(manifestRefused(file(zip("a"))).contains("no Bundle-SymbolicName"));
        assertTrue(
                manifestRefused(manifest("this is\nno manifest")).contains("manifest is broken"));
        assertTrue(
                manifestRefused(manifest("Manifest-Version: 1.0\n" + "X: y\n".repeat(300_000)))
                        .contains("1024 KiB"));
    }

    @Test
    void the_root_cause_is_taken_out_of_a_stack_trace() {
        String trace =
                "java.lang.reflect.InvocationTargetException\n\tat x.Y.z(Y.java:1)\nCaused by: java.io.IOException: disk on fire\n\tat a.B\n\t... 3 more\n";
        assertEquals("java.io.IOException: disk on fire", Components.rootCause(trace));
        assertEquals("no reason given", Components.rootCause(null));
    }
}
