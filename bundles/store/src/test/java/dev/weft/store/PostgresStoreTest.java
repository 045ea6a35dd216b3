package dev.weft.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What only a PostgreSQL server can do, or do wrong. */
@Timeout(180)
class PostgresStoreTest {
    @TempDir Path folder;

    private static PostgresServer server() {
        PostgresServer server = PostgresServer.get().orElse(null);
        Assumptions.assumeTrue(server != null, PostgresServer.hint());
        return server;
    }

    private static String refusal(SqlStore.Config config) {
        return assertThrows(
                        IllegalStateException.class,
                        () -> new SqlStore(TestDatabase.context(null), config, 300, name -> null))
                .getMessage();
    }

    @Test
    void the_password_may_come_from_the_environment_and_the_user_from_the_url() throws Exception {
        String password = Files.readString(server().passwordFile());
        SqlStore store =
                new SqlStore(
                        TestDatabase.context(null),
                        TestDatabase.config(server().url("?user=weft"), "", "", "PG_PASSWORD", 2),
                        1000,
                        Map.of("PG_PASSWORD", password)::get);
        store.open("env", List.of());
        assertTrue(store.check().ok());
        store.close();
    }

    @Test
    void a_wrong_password_is_named_at_once_and_never_shown() throws Exception {
        Path wrong = Files.writeString(folder.resolve("pw"), "hunter2");
        String message =
                refusal(TestDatabase.config(server().url(""), "weft", wrong.toString(), "", 2));
        assertTrue(message.contains("password_file"), message);
        assertFalse(message.contains("hunter2"), message);
    }

    @Test
    void a_database_that_is_not_there_is_named_with_what_to_do() throws Exception {
        PostgresServer server = server();
        String message =
                refusal(
                        TestDatabase.config(
                                server.url("").replace("/postgres", "/absent"),
                                "weft",
                                server.passwordFile().toString(),
                                "",
                                2));
        assertTrue(message.contains("absent") && message.contains("createdb"), message);
    }

    @Test
    void a_server_that_is_down_is_waited_for_and_then_named() throws Exception {
        try (Socket nobody = new Socket()) {
            // a port that is taken, where nobody listens, stays so
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String url = "jdbc:postgresql://127.0.0.1:" + nobody.getLocalPort() + "/weft";
            long before = System.nanoTime();
            String message = refusal(TestDatabase.config(url, "u", "", "", 2));
            assertTrue(System.nanoTime() - before > 250_000_000L, "it did not wait");
            assertTrue(message.contains("is it running"), message);
        }
    }

    @Test
    void what_is_not_a_setting_is_refused_without_its_secret() {
        String inUrl =
                refusal(
                        TestDatabase.config(
                                "jdbc:postgresql://x/y?user=u&password=hunter2", "", "", "", 2));
        assertTrue(inUrl.contains("password_file") && !inUrl.contains("hunter2"), inUrl);
        assertTrue(
                refusal(TestDatabase.config("jdbc:postgresql://x:port/y", "", "", "", 2))
                        .contains("jdbc:postgresql://host:port/database"));
        assertTrue(
                refusal(TestDatabase.config("jdbc:postgresql://x/y", "u", "/absent", "", 2))
                        .contains("password_file"));
        assertTrue(
                refusal(TestDatabase.config("jdbc:postgresql://x/y", "u", "", "ABSENT", 2))
                        .contains("ABSENT"));
    }

    @Test
    void its_backup_is_its_own_affair() throws Exception {
        SqlStore store = TestDatabase.POSTGRESQL.create(folder).open(2);
        try {
            store.open("notes", List.of("CREATE TABLE notes_note (id INT);"));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            String message =
                    assertThrows(IllegalStateException.class, () -> store.write(out)).getMessage();
            assertTrue(message.contains("pg_dump"), message);
            assertEquals(0, out.size());
        } finally {
            store.close();
        }
    }
}
