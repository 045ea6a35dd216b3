package dev.weft.skill.data;

import com.fasterxml.jackson.databind.JsonNode;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.weft.skill.Skill;
import dev.weft.skill.SkillHealth;
import dev.weft.skill.SkillService;
import dev.weft.skill.TaskContext;
import dev.weft.skill.folders.Fence;
import dev.weft.skill.folders.FileContent;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** SQL over CSV and JSON files, read only. */
@Skill(
        id = "data",
        title = "Data",
        description =
                "Answers SQL queries over the CSV and JSON files in the folders that are open on this machine; read only",
        // net: the database within can open an address where a file is named; dynamic: it has
        // scripts, aliases and listeners
        permissions = {Skill.FILES, Skill.NET, Skill.DYNAMIC})
@Component(service = SkillService.class, configurationPid = "dev.weft.skill.data")
@Designate(ocd = DataSkill.Config.class)
public final class DataSkill implements SkillService, SkillHealth {
    private static final int MOST_FILES = 8;
    private static final int MOST_BYTES = 16 << 20;
    private static final int MOST_ROWS = 10_000;
    private static final int LONGEST_SQL = 32 << 10;
    private static final int LONGEST_SECONDS = 30;
    private static final int SHOWN = 5;

    /** Configuration. */
    @ObjectClassDefinition(name = "Weft skill: data")
    public @interface Config {
        /** The folders.
         * @return absolute paths */
        @AttributeDefinition(
                description = "Folders whose files can be asked, as absolute paths; empty: none")
        String[] folders() default {};
    }

    /** A column.
     * @param name as the file has it; letter case does not count
     * @param type SQL type */
    public record Column(String name, String type) {}

    /** What came out.
     * @param columns in order
     * @param rows a value a column
     * @param truncated whether there was more */
    public record Answer(List<Column> columns, List<List<JsonNode>> rows, boolean truncated) {}

    /** A file as a table.
     * @param table its name
     * @param columns in order
     * @param rows how many there are
     * @param first the first of them */
    public record Table(String table, List<Column> columns, int rows, List<List<JsonNode>> first) {}

    private final Fence fence;

    /** Reads the configuration.
     * @param config what is open */
    @Activate
    public DataSkill(Config config) {
        fence = new Fence("data", config.folders());
    }

    @Override
    public Optional<String> problem() {
        return fence.problem();
    }

    /** The folders that are open.
     * @return absolute paths */
    @Tool("The folders whose files can be asked")
    public List<String> folders() {
        return fence.folders().stream().map(Path::toString).toList();
    }

    /** Shows what a file holds.
     * @param file which
     * @param task tells how long there is
     * @return its table
     * @throws IOException if it cannot be read
     * @throws SQLException if it is no table */
    @Tool("Shows a CSV or JSON file as a table: its name, columns, types and first rows")
    public Table describe(@P("the file") String file, TaskContext task)
            throws IOException, SQLException {
        Sheet sheet = sheet(file);
        int rows = sheet.rows().size();
        try (Database database = new Database()) {
            List<Column> columns = database.load(sheet);
            String name = sheet.table().replace("\"", "\"\"");
            Answer first = database.query("SELECT * FROM \"" + name + "\"", SHOWN, seconds(task));
            return new Table(sheet.table(), columns, rows, first.rows());
        }
    }

    /** Runs a query.
     * @param sql the query
     * @param files the tables
     * @param limit rows at most
     * @param task tells how long there is
     * @return what came out
     * @throws IOException if a file cannot be read
     * @throws SQLException if the database fails */
    @Tool("Runs one SELECT over CSV and JSON files; each file is a table named after it")
    public Answer query(
            @P("the query") String sql,
            @P("the files, such as sales.csv, which is the table sales") List<String> files,
            @P(value = "how many rows at most, 1 to 10000", defaultValue = "1000") int limit,
            TaskContext task)
            throws IOException, SQLException {
        if (sql.isBlank() || sql.length() > LONGEST_SQL || limit < 1 || limit > MOST_ROWS) {
            throw new IllegalArgumentException(
                    "sql must have 1 to "
                            + LONGEST_SQL
                            + " characters, and limit must be 1 to "
                            + MOST_ROWS);
        }
        if (files.isEmpty() || files.size() > MOST_FILES) {
            throw new IllegalArgumentException("name 1 to " + MOST_FILES + " files");
        }
        Set<String> tables = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        try (Database database = new Database()) {
            for (String file : files) {
                Sheet sheet = sheet(file);
                if (!tables.add(sheet.table())) {
                    throw new IllegalArgumentException(
                            "two files would be the table "
                                    + sheet.table()
                                    + "; ask one at a time");
                }
                database.load(sheet);
                if (task.isCanceled()) {
                    throw new IllegalStateException("stopped");
                }
            }
            return database.query(sql, limit, seconds(task));
        }
    }

    private Sheet sheet(String file) throws IOException {
        Fence.Place place = fence.existing(file);
        byte[] bytes = FileContent.read(place, 0, MOST_BYTES + 1);
        if (bytes.length > MOST_BYTES) {
            throw new IllegalArgumentException(
                    file + " has more than " + (MOST_BYTES >> 20) + " MiB");
        }
        FileContent.Text text = FileContent.text(bytes, file);
        return Sheet.of(place.path().getFileName().toString(), text.text());
    }

    private static int seconds(TaskContext task) {
        long left = Duration.between(Instant.now(), task.deadline()).toSeconds();
        return (int) Math.max(1, Math.min(LONGEST_SECONDS, left));
    }
}
