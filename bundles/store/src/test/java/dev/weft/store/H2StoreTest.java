package dev.weft.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.ZipFile;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(180)
class H2StoreTest {
    private static final String FIRST =
            "-- notes;\nCREATE TABLE notes_note (id INT PRIMARY KEY, text VARCHAR(100));\n\nINSERT INTO notes_note VALUES (1, 'a; b');\n";
    private static final String SECOND =
            "ALTER TABLE notes_note\n  ADD COLUMN at INT\n  DEFAULT 7;";

    @TempDir Path data;
    private final List<SqlStore> opened = new ArrayList<>();

    private SqlStore open() {
        return open(data, "", 8);
    }

    private SqlStore open(Path folder, String url, int connections) {
        SqlStore store =
                new SqlStore(TestDatabase.context(folder), TestDatabase.config(url, connections));
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

    private static void execute(DataSource database, String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void a_database_in_use_by_another_process_gives_one_clear_error() throws Exception {
        Process child =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                SqlStoreTest.Writer.class.getName(),
                                data.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("1", lines.readLine());
            String message = assertThrows(IllegalStateException.class, this::open).getMessage();
            assertTrue(message.contains("another process uses this data directory"), message);
        } finally {
            child.destroyForcibly();
            assertTrue(child.waitFor(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void a_damaged_file_gives_one_clear_error() throws Exception {
        Path file = Files.createDirectories(data.resolve("db")).resolve("weft.mv.db");
        Files.writeString(file, "this is no database ".repeat(1000));
        String message = assertThrows(IllegalStateException.class, this::open).getMessage();
        assertTrue(message.contains("cannot be opened") && message.contains("backup"), message);
        assertFalse(message.contains("\n"), message);
    }

    @Test
    void a_data_directory_that_cannot_be_used_gives_one_clear_error() throws Exception {
        Path file = Files.writeString(data.resolve("file"), "");
        assertTrue(
                assertThrows(IllegalStateException.class, () -> open(file, "", 8))
                        .getMessage()
                        .contains("check that the data directory is writable"));
        assertTrue(
                assertThrows(IllegalStateException.class, () -> open(null, "", 8))
                        .getMessage()
                        .contains("weft.data"));
        assertTrue(
                assertThrows(IllegalStateException.class, () -> open(data.resolve("a;b"), "", 8))
                        .getMessage()
                        .contains("semicolon"));
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void the_folder_is_for_its_owner_only_and_may_have_an_odd_name() throws Exception {
        Path odd = Files.createDirectory(data.resolve("my data ü"));
        open(odd, "", 8).open("notes", List.of(FIRST));
        assertTrue(Files.exists(odd.resolve("db/weft.mv.db")));
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(odd.resolve("db"))));
    }

    @Test
    void another_h2_url_is_taken_and_an_unknown_one_refused_without_its_password()
            throws Exception {
        DataSource database = open(null, "jdbc:h2:mem:elsewhere", 4).open("notes", List.of(FIRST));
        assertEquals(1, number(database, "SELECT COUNT(*) FROM notes_note"));
        String message =
                assertThrows(
                                IllegalStateException.class,
                                () -> open(data, "jdbc:mysql://x/y?user=u&password=hunter2", 8))
                        .getMessage();
        assertTrue(message.contains("jdbc:h2:") && !message.contains("hunter2"), message);
        assertThrows(IllegalStateException.class, () -> open(data, "", 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "A", "1a", "a-b", "a b", "a;drop"})
    void odd_names_of_rooms_are_refused(String room) {
        SqlStore store = open(null, "jdbc:h2:mem:", 1);
        assertThrows(IllegalArgumentException.class, () -> store.open(room, List.of()));
    }

    @Test
    void scripts_are_split_at_lines_that_end_in_a_semicolon() {
        assertEquals(
                List.of("A 'x; y'\n  B", "C", "D"),
                Migrations.statements("-- comment;\nA 'x; y'\n  B;  \n\n-- more\nC;\r\nD"));
        assertEquals(List.of(), Migrations.statements("\n -- nothing;\n\n"));
    }

    @Test
    void a_backup_made_under_load_holds_what_was_committed_before_it() throws Exception {
        SqlStore store = open();
        DataSource database = store.open("notes", List.of(FIRST));
        ExecutorService writer = Executors.newSingleThreadExecutor();
        AtomicInteger written = new AtomicInteger(1);
        try {
            Future<?> writing =
                    writer.submit(
                            () -> {
                                while (!Thread.currentThread().isInterrupted()) {
                                    int next = written.get() + 1;
                                    execute(
                                            database,
                                            "INSERT INTO notes_note VALUES (" + next + ", 'x')");
                                    written.set(next);
                                }
                                return null;
                            });
            Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> written.get() > 100);
            int before = written.get();
            Path backup = data.resolve("backup.zip");
            try (OutputStream out = Files.newOutputStream(backup)) {
                store.write(out);
            }
            writer.shutdownNow();
            assertTrue(writer.awaitTermination(60, TimeUnit.SECONDS));
            assertTrue(writing.isDone());

            Path restored = Files.createDirectories(data.resolve("other/db"));
            try (ZipFile zip = new ZipFile(backup.toFile())) {
                String about =
                        new String(
                                zip.getInputStream(zip.getEntry("backup.json")).readAllBytes(),
                                StandardCharsets.UTF_8);
                assertTrue(
                        about.contains("\"format\":1,\"layout\":1")
                                && about.contains("\"rooms\":{\"notes\":1}"),
                        about);
                Files.copy(
                        zip.getInputStream(zip.getEntry("db/weft.mv.db")),
                        restored.resolve("weft.mv.db"));
            }
            DataSource again =
                    open(restored.getParent(), "", 2).open("notes", List.of(FIRST, SECOND));
            int rows = number(again, "SELECT COUNT(*) FROM notes_note");
            assertTrue(rows >= before, rows + " of " + before);
            assertEquals(rows, number(again, "SELECT MAX(id) FROM notes_note"));
            try (var left = Files.list(data.resolve("tmp"))) {
                assertEquals(0, left.count(), "the copy was left behind");
            }
        } finally {
            writer.shutdownNow();
        }
    }

    @Test
    void a_database_without_a_file_has_no_backup() {
        SqlStore store = open(null, "jdbc:h2:mem:none", 1);
        store.open("notes", List.of(FIRST));
        assertTrue(
                assertThrows(
                                IllegalStateException.class,
                                () -> store.write(OutputStream.nullOutputStream()))
                        .getMessage()
                        .contains("is no file"));
    }
}
