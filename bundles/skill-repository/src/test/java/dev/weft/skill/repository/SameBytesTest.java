package dev.weft.skill.repository;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same jars, keys and time make the same repository, byte for byte: whoever builds it again can compare. */
class SameBytesTest {
    @TempDir Path temporary;

    @Test
    void two_builds_of_a_repository_have_the_same_bytes() throws Exception {
        Shop shop = new Shop(temporary.resolve("shop"));
        List<Path> jars =
                List.of(shop.jar("com.acme.words", "1.0.0"), shop.jar("com.acme.b", "2.0.0"));
        Map<String, byte[]> one = build(shop, jars, "one");
        List<Path> moved =
                List.of(moved(jars.get(0), "elsewhere"), moved(jars.get(1), "elsewhere"));
        Map<String, byte[]> two = build(shop, moved, "two");
        assertEquals(one.keySet(), two.keySet());
        assertTrue(one.size() >= 8, one.keySet().toString());
        one.forEach((name, bytes) -> assertArrayEquals(bytes, two.get(name), name));
    }

    /** The same bytes at another place and of another age. */
    private Path moved(Path jar, String where) throws IOException {
        Path to = Files.createDirectories(temporary.resolve(where)).resolve(jar.getFileName());
        Files.copy(jar, to, StandardCopyOption.REPLACE_EXISTING);
        return Files.setLastModifiedTime(to, FileTime.from(Instant.parse("2001-01-01T00:00:00Z")));
    }

    private Map<String, byte[]> build(Shop shop, List<Path> jars, String name) throws IOException {
        Path folder = temporary.resolve(name);
        RepositoryWriter writer = new RepositoryWriter(folder, shop.clock);
        writer.create("test", shop.owner);
        writer.publisher(
                new Publishers.Publisher("com.acme", "Acme", Role.of(shop.acme.publicKey())),
                shop.owner);
        for (Path jar : jars) {
            writer.publish("com.acme", jar, shop.acme);
        }
        writer.snapshot(Duration.ofDays(7), shop.owner);
        Map<String, byte[]> all = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                all.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return all;
    }
}
