package dev.weft.skill.notes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.api.task.TaskException;
import dev.weft.skill.testing.SkillFramework;
import dev.weft.skill.testing.SkillHarness;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NotesTest {
    @TempDir Path folder;

    private SkillHarness notes() {
        return SkillHarness.of(new Notes(new NoteFile(folder.resolve("notes"))));
    }

    @Test
    void keeps_finds_changes_and_deletes() {
        SkillHarness notes = notes();
        JsonNode first =
                notes.call(
                        "add",
                        Map.of(
                                "text",
                                "Backup runs at night.\nOn edge-7.",
                                "tags",
                                List.of("Ops")));
        notes.call("add", Map.of("text", "Buy milk", "title", "Shopping"));
        assertEquals("Backup runs at night.", first.path("title").asText());
        assertEquals("[\"ops\"]", first.path("tags").toString());
        assertEquals(
                first.path("id"),
                notes.call("search", Map.of("query", "night backup")).at("/0/id"));
        assertEquals(0, notes.call("search", Map.of("query", "milk backup")).size());
        assertEquals(1, notes.call("search", Map.of("query", "OPS")).size());
        assertEquals(1, notes.call("list", Map.of("tag", "ops")).size());
        assertEquals("Shopping", notes.call("list", Map.of()).at("/0/title").asText());

        notes.call("update", Map.of("id", first.path("id"), "text", "Backup runs at noon"));
        assertEquals(0, notes.call("search", Map.of("query", "edge")).size());
        assertEquals(1, notes.call("search", Map.of("query", "noon")).size());
        notes.call("delete", Map.of("id", first.path("id")));
        assertEquals(0, notes.call("search", Map.of("query", "noon")).size());
        assertEquals(
                "notes.delete failed: there is no note 99",
                assertThrows(TaskException.class, () -> notes.call("delete", Map.of("id", 99)))
                        .getMessage());
    }

    @Test
    void what_is_kept_is_there_after_a_restart_and_words_are_no_sql() {
        notes().call("add", Map.of("text", "It's 100% '; DROP TABLE NOTE; --"));
        SkillHarness again = notes();
        assertEquals(1, again.call("search", Map.of("query", "drop")).size());
        assertTrue(
                assertThrows(
                                TaskException.class,
                                () ->
                                        again.call(
                                                "add", Map.of("text", "x", "tags", List.of("a b"))))
                        .getMessage()
                        .contains("a tag is one word"));
    }

    @Test
    void runs_as_a_bundle_and_hands_the_file_to_the_next_version() {
        // The database of this class path holds the file for a second; the bundle's waits for it.
        notes().call("add", Map.of("text", "before"));
        try (SkillFramework framework =
                SkillFramework.of(Path.of("target/classes")).data(folder).start()) {
            SkillHarness bundle = framework.skill("notes");
            bundle.call("add", Map.of("text", "inside a bundle"));
            assertEquals(1, bundle.call("search", Map.of("query", "bundle")).size());
        }
    }
}
