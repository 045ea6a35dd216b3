package dev.weft.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Details are read from jars that nobody looked at yet. */
class JarReaderTest {
    private static final String MANIFEST =
            "Manifest-Version: 1.0\r\nProvide-Capability: weft.skill;weft.skill=words\r\n\r\n";
    @TempDir Path home;

    private Path jar(String name, byte[] part, int times) throws IOException {
        Path file = home.resolve("a.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            put(zip, "META-INF/MANIFEST.MF", MANIFEST.getBytes(StandardCharsets.UTF_8), 1);
            put(zip, name, part, times);
        }
        return file;
    }

    private static void put(ZipOutputStream zip, String name, byte[] part, int times)
            throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        OutputStream out = zip;
        for (int i = 0; i < times; i++) {
            out.write(part);
        }
        zip.closeEntry();
    }

    @Test
    void a_readme_that_unpacks_to_half_a_gigabyte_is_cut_at_64_kib() throws Exception {
        JarReader.Inside inside = JarReader.read(jar("README.md", new byte[1 << 20], 512));
        assertEquals(64 << 10, inside.readme().length());
        assertEquals("words", inside.ids().get(0));
    }

    @Test
    void a_readme_with_a_script_in_it_is_text() throws Exception {
        String evil = "<script>navigator.serviceWorker.register('/x.js')</script>";
        byte[] bytes = evil.getBytes(StandardCharsets.UTF_8);
        assertEquals(evil, JarReader.read(jar("README.md", bytes, 1)).readme());
    }

    @Test
    void a_class_or_a_description_of_settings_beyond_a_megabyte_is_refused() throws Exception {
        for (String name : new String[] {"com/acme/X.class", "OSGI-INF/metatype/x.xml"}) {
            Path file = jar(name, new byte[1 << 20], 2);
            String why = assertThrows(IOException.class, () -> JarReader.read(file)).getMessage();
            assertTrue(why.contains("more than 1048576 bytes"), why);
        }
    }

    @Test
    void what_is_no_zip_is_refused() throws Exception {
        Path file = Files.writeString(home.resolve("b.jar"), "no zip");
        assertThrows(IOException.class, () -> JarReader.read(file));
    }
}
