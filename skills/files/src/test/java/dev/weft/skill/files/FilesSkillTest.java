package dev.weft.skill.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskException;
import dev.weft.skill.folders.Fence;
import dev.weft.skill.folders.FileContent;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class FilesSkillTest {
    @TempDir Path temp;
    private Path open;
    private Path secret;

    @BeforeEach
    void make() throws IOException {
        open = Files.createDirectories(temp.resolve("open"));
        Files.createDirectories(open.resolve("sub"));
        secret = Files.createDirectories(temp.resolve("open-not")).resolve("secret.txt");
        Files.writeString(secret, "secret");
        Files.writeString(open.resolve("a.txt"), "one\ntwo ä\nthree\n");
        Files.writeString(open.resolve("sub/b.md"), "two\n");
    }

    @Test
    void lists_finds_searches_and_reads() {
        SkillHarness files = files(false);
        assertEquals(
                List.of("a.txt", "sub"),
                files
                        .call("list", Map.of("path", open.toString()))
                        .path("entries")
                        .findValuesAsText("path")
                        .stream()
                        .map(path -> Path.of(path).getFileName().toString())
                        .toList());
        assertEquals(
                open.resolve("sub/b.md").toString(),
                files.call("find", Map.of("path", "", "glob", "*.md"))
                        .at("/entries/0/path")
                        .asText());
        JsonNode hits = files.call("search", Map.of("path", "", "text", "two"));
        assertEquals(2, hits.size());
        assertEquals(2, hits.get(0).path("line").asInt());
        assertEquals(
                "one\ntwo ä\nthree\n",
                files.call("read", Map.of("path", "a.txt")).path("text").asText());
    }

    @Test
    void reads_piece_by_piece_and_never_half_a_character() {
        SkillHarness files = files(false);
        JsonNode first = files.call("read", Map.of("path", "a.txt", "max_bytes", 9));
        assertEquals("one\ntwo ", first.path("text").asText());
        JsonNode rest =
                files.call("read", Map.of("path", "a.txt", "from", first.path("next").asLong()));
        assertEquals("ä\nthree\n", rest.path("text").asText());
        assertFalse(rest.has("next"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../open-not/secret.txt",
                "sub/../../open-not/secret.txt",
                "link/secret.txt",
                "direct",
                "sub/up/open-not/secret.txt",
                "nowhere/../../open-not/secret.txt",
                "../OPEN/a.txt",
                "../open-not"
            })
    void no_way_leads_out(String path) throws IOException {
        Files.createSymbolicLink(open.resolve("link"), secret.getParent());
        Files.createSymbolicLink(open.resolve("direct"), secret);
        Files.createSymbolicLink(open.resolve("sub/up"), temp);
        SkillHarness files = files(true);
        for (String tool : List.of("read", "read_bytes", "list", "delete")) {
            String problem = error(files, tool, Map.of("path", path));
            assertTrue(problem.contains("lies outside"), tool + ": " + problem);
        }
        String problem = error(files, "write", Map.of("path", path, "text", "x"));
        assertTrue(problem.contains("lies outside"), problem);
        assertEquals("secret", Files.readString(secret));
    }

    @Test
    void a_link_that_comes_after_the_check_is_not_followed() throws IOException {
        Fence fence = new Fence("files", open.toString());
        Fence.Place file = fence.existing("a.txt");
        Fence.Place below = fence.existing("sub/b.md");
        Files.delete(open.resolve("a.txt"));
        Files.createSymbolicLink(open.resolve("a.txt"), secret);
        Files.move(open.resolve("sub"), open.resolve("moved"));
        Files.createSymbolicLink(open.resolve("sub"), secret.getParent());
        Files.writeString(secret.resolveSibling("b.md"), "secret");
        assertThrows(IOException.class, () -> FileContent.read(file, 0, 100));
        assertThrows(IOException.class, () -> FileContent.read(below, 0, 100));
        assertThrows(IOException.class, () -> FileContent.write(file, new byte[1], false));
        assertEquals("secret", Files.readString(secret));
    }

    @Test
    void searching_and_finding_follow_no_link() throws IOException {
        Files.createSymbolicLink(open.resolve("link"), secret.getParent());
        Files.createSymbolicLink(open.resolve("direct"), secret);
        SkillHarness files = files(false);
        assertEquals(0, files.call("search", Map.of("path", "", "text", "secret")).size());
        assertEquals(
                0,
                files.call("find", Map.of("path", "", "glob", "secret*")).path("entries").size());
    }

    @Test
    void writes_only_where_that_is_allowed() throws IOException {
        assertTrue(
                error(files(false), "write", Map.of("path", "new.txt", "text", "x"))
                        .contains("may only be read"));
        SkillHarness files = files(true);
        files.call("write", Map.of("path", "new.txt", "text", "ab"));
        files.call("write", Map.of("path", "new.txt", "text", "c", "append", true));
        assertEquals("abc", Files.readString(open.resolve("new.txt")));
        files.call("delete", Map.of("path", "new.txt"));
        assertFalse(Files.exists(open.resolve("new.txt")));
        assertTrue(
                error(files, "write", Map.of("path", "no/new.txt", "text", "x"))
                        .contains("its folder does not exist"));
        assertTrue(error(files, "delete", Map.of("path", "sub")).contains("is not a file"));
    }

    @Test
    void what_is_no_text_is_said_and_can_be_had_as_bytes() throws IOException {
        Files.write(open.resolve("image"), new byte[] {(byte) 0xff, 0, 1});
        SkillHarness files = files(false);
        assertTrue(error(files, "read", Map.of("path", "image")).contains("use read_bytes"));
        assertEquals("/wAB", files.call("read_bytes", Map.of("path", "image")).asText());
    }

    @Test
    void runs_as_a_bundle_and_says_that_nothing_is_open() {
        try (SkillFramework framework = SkillFramework.of(Path.of("target/classes")).start()) {
            assertTrue(
                    error(framework.skill("files"), "read", Map.of("path", "/etc/passwd"))
                            .contains("no folder is open"));
        }
    }

    private static String error(SkillHarness files, String tool, Map<String, ?> arguments) {
        return assertThrows(TaskException.class, () -> files.call(tool, arguments)).getMessage();
    }

    private SkillHarness files(boolean writable) {
        return SkillHarness.of(
                new FilesSkill(
                        new FilesSkill.Config() {
                            @Override
                            public String[] folders() {
                                return new String[] {open.toString()};
                            }

                            @Override
                            public boolean writable() {
                                return writable;
                            }

                            @Override
                            public Class<? extends Annotation> annotationType() {
                                return FilesSkill.Config.class;
                            }
                        }));
    }
}
