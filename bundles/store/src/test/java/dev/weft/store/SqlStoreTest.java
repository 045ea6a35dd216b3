package dev.weft.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What a store does on either database. */
@Timeout(180)
@ParameterizedClass
@EnumSource(TestDatabase.class)
class SqlStoreTest {
    private static final String FIRST =
            "-- notes;\nCREATE TABLE notes_note (id INT PRIMARY KEY, text VARCHAR(100));\n\nINSERT INTO notes_note VALUES (1, 'a; b');\n";
    private static final String SECOND =
            "ALTER TABLE notes_note\n  ADD COLUMN at INT\n  DEFAULT 7;";

    @Parameter TestDatabase kind;
    @TempDir Path folder;
    private final List<SqlStore> opened = new ArrayList<>();
    private TestDatabase.Place place;

    @BeforeEach
    void create() throws Exception {
        place = kind.create(folder);
    }

    private SqlStore open() {
        SqlStore store = place.open(8);
        opened.add(store);
        return store;
    }

    @AfterEach
    void close() {
        opened.forEach(SqlStore::close);
    }

    private static int number(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_room_gets_its_tables_and_finds_its_rows_after_a_restart() throws Exception {
        SqlStore store = open();
        DataSource database = store.open("notes", List.of(FIRST));
        execute(database, "INSERT INTO notes_note VALUES (2, 'more')");
        assertTrue(store.check().ok());
        store.close();
        assertFalse(store.check().ok());
        DataSource again = open().open("notes", List.of(FIRST));
        assertEquals(2, number(again, "SELECT COUNT(*) FROM notes_note"));
        assertEquals(1, number(again, "SELECT COUNT(*) FROM notes_note WHERE text = 'a; b'"));
    }

    @Test
    void an_update_runs_only_the_new_scripts_and_keeps_the_rows() throws Exception {
        SqlStore store = open();
        store.open("notes", List.of(FIRST));
        store.close();
        DataSource database = open().open("notes", List.of(FIRST.replace("\n", "\r\n"), SECOND));
        assertEquals(7, number(database, "SELECT at FROM notes_note WHERE id = 1"));
        assertEquals(
                2,
                number(database, "SELECT MAX(version) FROM store_migrations WHERE room = 'notes'"));
    }

    @Test
    void rooms_do_not_share_versions() throws Exception {
        SqlStore store = open();
        store.open("notes", List.of(FIRST, SECOND));
        DataSource database = store.open("other", List.of("CREATE TABLE other_thing (id INT);"));
        assertEquals(
                1,
                number(database, "SELECT MAX(version) FROM store_migrations WHERE room = 'other'"));
        assertEquals(
                0,
                number(
                        store.open("empty", List.of()),
                        "SELECT COUNT(*) FROM store_migrations WHERE room = 'empty'"));
    }

    @Test
    void a_database_of_a_newer_version_is_left_alone() throws Exception {
        SqlStore store = open();
        DataSource database = store.open("notes", List.of(FIRST, SECOND));
        String message =
                assertThrows(IllegalStateException.class, () -> store.open("notes", List.of(FIRST)))
                        .getMessage();
        assertTrue(
                message.contains("written by a newer version")
                        && message.contains("room notes")
                        && message.contains("version 2, this host knows 1"),
                message);
        assertEquals(7, number(database, "SELECT at FROM notes_note WHERE id = 1"));
    }

    @Test
    void a_changed_script_is_found() {
        SqlStore store = open();
        store.open("notes", List.of(FIRST));
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> store.open("notes", List.of(FIRST.replace("100", "200"))))
                        .getMessage();
        assertTrue(
                message.contains("migration 1 of room notes is not the one that was applied"),
                message);
    }

    @Test
    void a_failing_script_is_named_and_can_be_run_again_when_mended() throws Exception {
        SqlStore store = open();
        String broken =
                "CREATE TABLE IF NOT EXISTS notes_note (id INT);\nINSERT INTO notes_note VALUES (1);\nCREATE NONSENSE;";
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> store.open("notes", List.of(broken)))
                        .getMessage();
        assertTrue(message.contains("migration 1 of room notes fails at statement 3"), message);
        assertFalse(message.contains("\n"), message);
        DataSource database =
                store.open(
                        "notes",
                        List.of(
                                broken.replace(
                                        "CREATE NONSENSE", "INSERT INTO notes_note VALUES (2)")));
        assertEquals(1, number(database, "SELECT COUNT(*) FROM notes_note WHERE id = 2"));
        assertEquals(
                1,
                number(database, "SELECT COUNT(*) FROM notes_note WHERE id = 1"),
                "rows of the failed run were rolled back");
    }

    @Test
    void the_pool_is_bounded_and_a_connection_comes_back_with_auto_commit() throws Exception {
        SqlStore store =
                new SqlStore(
                        TestDatabase.context(null),
                        TestDatabase.config(place.url(), place.user(), place.passwordFile(), "", 2),
                        500,
                        name -> null);
        opened.add(store);
        DataSource database = store.open("notes", List.of(FIRST));
        try (Connection one = database.getConnection();
                Connection two = database.getConnection()) {
            assertTrue(one.getAutoCommit() && two.getAutoCommit());
            long before = System.nanoTime();
            assertThrows(SQLException.class, database::getConnection);
            long waited = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - before);
            assertTrue(waited >= 400 && waited < 20_000, waited + " ms");
        }
        assertEquals(1, number(database, "SELECT COUNT(*) FROM notes_note"));
    }

    @Test
    void what_was_acknowledged_survives_a_killed_process() throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                place.url(),
                                place.user(),
                                place.passwordFile())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        int acknowledged = 0;
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            while (acknowledged < 200) {
                String line = lines.readLine();
                assertTrue(line != null, "the writer ended by itself");
                acknowledged = Integer.parseInt(line);
            }
            child.destroyForcibly(); // SIGKILL
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        }
        DataSource database = open().open("w", List.of(Writer.TABLE));
        assertTrue(
                number(database, "SELECT MAX(id) FROM w_row") >= acknowledged,
                "acknowledged " + acknowledged);
        assertEquals(
                number(database, "SELECT MAX(id) FROM w_row"),
                number(database, "SELECT COUNT(*) FROM w_row"));
    }

    @Test
    void hosts_that_open_one_room_at_the_same_time_make_its_tables_once() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            SqlStore shared = kind == TestDatabase.H2 ? open() : null; // one process to a file
            Callable<DataSource> host =
                    () ->
                            (shared == null ? openLate() : shared)
                                    .open("notes", List.of(FIRST, SECOND));
            for (var done : pool.invokeAll(List.of(host, host, host, host))) {
                assertEquals(1, number(done.get(), "SELECT COUNT(*) FROM notes_note"));
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private SqlStore openLate() {
        SqlStore store = place.open(2);
        synchronized (opened) {
            opened.add(store);
        }
        return store;
    }

    /** Runs in a process of its own: commits rows and says so, until it is killed. */
    static final class Writer {
        static final String TABLE = "CREATE TABLE w_row (id INT PRIMARY KEY);";

        public static void main(String[] arguments) throws Exception {
            SqlStore store =
                    arguments.length == 1
                            ? new SqlStore(
                                    TestDatabase.context(Path.of(arguments[0])),
                                    TestDatabase.config("", 8))
                            : new TestDatabase.Place(arguments[0], arguments[1], arguments[2])
                                    .open(8);
            DataSource database = store.open("w", List.of(TABLE));
            for (int i = 1; ; i++) {
                execute(database, "INSERT INTO w_row VALUES (" + i + ")");
                System.out.println(i);
            }
        }
    }
}
