package dev.weft.skill.notes;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillService;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.h2.fulltext.FullText;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Notes that are kept on this host and found again by their words. */
@Skill(
        id = "notes",
        title = "Notes",
        description = "Keeps notes on this host and finds them again by their words and tags",
        // net: the database within can open an address where a file is named
        permissions = {Skill.FILES, Skill.NET, Skill.DYNAMIC})
@Component(service = SkillService.class)
public final class Notes implements SkillService {
    private static final int MOST_TEXT = 1_000_000;
    private static final int MOST_FOUND = 100;

    /** A note.
     * @param id its number
     * @param title a few words
     * @param text what it says
     * @param tags single words, in lower case
     * @param created when it was made
     * @param updated when it was last changed */
    public record Note(
            long id,
            String title,
            String text,
            List<String> tags,
            Instant created,
            Instant updated) {}

    private final NoteFile file;

    /** Starts; the database opens at the first call.
     * @param context tells the data folder */
    @Activate
    public Notes(BundleContext context) {
        this(new NoteFile(Path.of(context.getProperty("weft.data"), "notes")));
    }

    Notes(NoteFile file) {
        this.file = file;
    }

    /** Keeps a note.
     * @param text what it says
     * @param title a few words
     * @param tags words to find it by
     * @return the note */
    @Tool("Keeps a note")
    public Note add(
            @P("what it says") String text,
            @P("a few words; the first line if left out") Optional<String> title,
            @P("single words to find it by") Optional<List<String>> tags) {
        checked(text);
        String head = title.orElseGet(() -> text.strip().lines().findFirst().orElse(""));
        String shown = head.length() > 200 ? head.substring(0, 199) + "…" : head;
        OffsetDateTime now = OffsetDateTime.now(ZoneOffset.UTC);
        return file.in(
                connection -> {
                    try (PreparedStatement insert =
                            connection.prepareStatement(
                                    "INSERT INTO NOTE(TITLE, TEXT, TAGS, CREATED, UPDATED) VALUES (?, ?, ?, ?, ?)",
                                    Statement.RETURN_GENERATED_KEYS)) {
                        insert.setString(1, shown);
                        insert.setString(2, text);
                        insert.setString(3, words(tags.orElse(List.of())));
                        insert.setObject(4, now);
                        insert.setObject(5, now);
                        insert.executeUpdate();
                        ResultSet key = insert.getGeneratedKeys();
                        key.next();
                        return read(connection, key.getLong(1));
                    }
                });
    }

    /** Finds notes.
     * @param query words
     * @param limit how many
     * @return the notes that have them all */
    @Tool("Finds the notes that have all of the words, the newest first")
    public List<Note> search(
            @P("words; each must be in title, text or tags") String query,
            @P(value = "how many at most, 1 to 100", defaultValue = "10") int limit) {
        if (query.isBlank()) {
            throw new IllegalArgumentException("query must have a word");
        }
        most(limit);
        return file.in(
                connection -> {
                    Map<Long, Note> found = new LinkedHashMap<>();
                    try (ResultSet hits = FullText.searchData(connection, query, 0, 0)) {
                        while (hits.next()) {
                            Object[] keys = (Object[]) hits.getArray("KEYS").getArray();
                            long id = Long.parseLong(String.valueOf(keys[0]));
                            found.put(id, read(connection, id));
                        }
                    }
                    return found.values().stream()
                            .sorted((one, other) -> other.updated().compareTo(one.updated()))
                            .limit(limit)
                            .toList();
                });
    }

    /** Lists notes.
     * @param tag only those with this tag
     * @param limit how many
     * @return the newest first */
    @Tool("Lists notes, the newest first")
    public List<Note> list(
            @P("only those with this tag") Optional<String> tag,
            @P(value = "how many at most, 1 to 100", defaultValue = "10") int limit) {
        most(limit);
        return file.in(
                connection -> {
                    try (PreparedStatement select =
                            connection.prepareStatement(
                                    "SELECT * FROM NOTE WHERE POSITION(' ' || ? || ' ' IN ' ' || TAGS || ' ') > 0 OR ? = ''"
                                            + " ORDER BY UPDATED DESC, ID DESC LIMIT ?")) {
                        String wanted = tag.orElse("").toLowerCase(Locale.ROOT);
                        select.setString(1, wanted);
                        select.setString(2, wanted);
                        select.setInt(3, limit);
                        return notes(select.executeQuery());
                    }
                });
    }

    /** Changes a note.
     * @param id its number
     * @param text what it says now
     * @return the note */
    @Tool("Changes what a note says")
    public Note update(@P("the note's number") long id, @P("what it says now") String text) {
        checked(text);
        return file.in(
                connection -> {
                    try (PreparedStatement update =
                            connection.prepareStatement(
                                    "UPDATE NOTE SET TEXT = ?, UPDATED = ? WHERE ID = ?")) {
                        update.setString(1, text);
                        update.setObject(2, OffsetDateTime.now(ZoneOffset.UTC));
                        update.setLong(3, id);
                        one(update.executeUpdate(), id);
                        return read(connection, id);
                    }
                });
    }

    /** Deletes a note.
     * @param id its number */
    @Tool("Deletes a note")
    public void delete(@P("the note's number") long id) {
        file.in(
                connection -> {
                    try (PreparedStatement delete =
                            connection.prepareStatement("DELETE FROM NOTE WHERE ID = ?")) {
                        delete.setLong(1, id);
                        one(delete.executeUpdate(), id);
                        return null;
                    }
                });
    }

    private static void checked(String text) {
        if (text.isBlank() || text.length() > MOST_TEXT) {
            throw new IllegalArgumentException("text must have 1 to " + MOST_TEXT + " characters");
        }
    }

    private static void most(int limit) {
        if (limit < 1 || limit > MOST_FOUND) {
            throw new IllegalArgumentException("limit must be 1 to " + MOST_FOUND);
        }
    }

    private static void one(int changed, long id) {
        if (changed == 0) {
            throw new IllegalArgumentException("there is no note " + id);
        }
    }

    private static String words(List<String> tags) {
        for (String tag : tags) {
            if (!tag.matches("[\\p{L}\\p{N}_-]{1,50}")) {
                throw new IllegalArgumentException(
                        "a tag is one word of 1 to 50 letters, digits, _ and -, got \""
                                + tag
                                + "\"");
            }
        }
        return String.join(" ", tags).toLowerCase(Locale.ROOT);
    }

    private static Note read(Connection connection, long id) throws SQLException {
        try (PreparedStatement select =
                connection.prepareStatement("SELECT * FROM NOTE WHERE ID = ?")) {
            select.setLong(1, id);
            return notes(select.executeQuery()).get(0);
        }
    }

    private static List<Note> notes(ResultSet rows) throws SQLException {
        List<Note> all = new ArrayList<>();
        while (rows.next()) {
            String tags = rows.getString("TAGS");
            all.add(
                    new Note(
                            rows.getLong("ID"),
                            rows.getString("TITLE"),
                            rows.getString("TEXT"),
                            tags.isEmpty() ? List.of() : Arrays.asList(tags.split(" ")),
                            rows.getObject("CREATED", OffsetDateTime.class).toInstant(),
                            rows.getObject("UPDATED", OffsetDateTime.class).toInstant()));
        }
        return all;
    }
}
