package dev.weft.store;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the tables of one room to the newest version: script n makes version n. */
final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);

    private final String room;
    private final List<String> scripts;

    Migrations(String room, List<String> scripts) {
        this.room = room;
        this.scripts = List.copyOf(scripts);
    }

    void run(DataSource database, Engine engine) {
        try (Connection connection = database.getConnection()) {
            engine.lock(connection);
            try {
                update(connection);
            } finally {
                engine.unlock(connection);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(
                    "the tables of room " + room + " cannot be read: " + oneLine(e), e);
        }
    }

    private void update(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "CREATE TABLE IF NOT EXISTS store_migrations (room VARCHAR(64) NOT NULL, version INT NOT NULL, "
                            + "checksum CHAR(64) NOT NULL, applied_at TIMESTAMP NOT NULL, PRIMARY KEY (room, version))");
        }
        for (int version = verified(connection) + 1; version <= scripts.size(); version++) {
            apply(connection, version);
        }
    }

    /** Checks what is there against what this version of the room knows, and returns the version that is there. */
    private int verified(Connection connection) throws SQLException {
        List<String> applied = new ArrayList<>();
        try (PreparedStatement query =
                connection.prepareStatement(
                        "SELECT version, checksum FROM store_migrations WHERE room = ? ORDER BY version")) {
            query.setString(1, room);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (rows.getInt(1) != applied.size() + 1) {
                        throw new IllegalStateException(
                                "store_migrations lacks version "
                                        + (applied.size() + 1)
                                        + " of room "
                                        + room
                                        + "; restore the database from a backup");
                    }
                    applied.add(rows.getString(2).strip());
                }
            }
        }
        if (applied.size() > scripts.size()) {
            throw new IllegalStateException(
                    "the database was written by a newer version: the tables of room "
                            + room
                            + " are at version "
                            + applied.size()
                            + ", this host knows "
                            + scripts.size()
                            + "; run the newer Weft, or restore a backup from before the update");
        }
        for (int i = 0; i < applied.size(); i++) {
            if (!applied.get(i).equals(checksum(scripts.get(i)))) {
                throw new IllegalStateException(
                        "migration "
                                + (i + 1)
                                + " of room "
                                + room
                                + " is not the one that was applied to this database; a released script must not change, add a new one");
            }
        }
        return applied.size();
    }

    private void apply(Connection connection, int version) throws SQLException {
        String script = scripts.get(version - 1);
        connection.setAutoCommit(false);
        try {
            int number = 0;
            for (String sql : statements(script)) {
                number++;
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new IllegalStateException(
                            "migration "
                                    + version
                                    + " of room "
                                    + room
                                    + " fails at statement "
                                    + number
                                    + ": "
                                    + oneLine(e),
                            e);
                }
            }
            try (PreparedStatement insert =
                    connection.prepareStatement(
                            "INSERT INTO store_migrations (room, version, checksum, applied_at) VALUES (?, ?, ?, ?)")) {
                insert.setString(1, room);
                insert.setInt(2, version);
                insert.setString(3, checksum(script));
                insert.setTimestamp(4, Timestamp.from(Instant.now()));
                insert.executeUpdate();
            }
            connection.commit();
        } catch (SQLException | IllegalStateException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
        LOG.info("tables of room {} brought to version {}", room, version);
    }

    /** Splits a script: a statement ends with a line that ends in a semicolon; lines that begin with -- are left out. */
    static List<String> statements(String script) {
        List<String> statements = new ArrayList<>();
        StringBuilder statement = new StringBuilder();
        for (String line : script.lines().toList()) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("--")) {
                continue;
            }
            boolean end = text.endsWith(";");
            statement
                    .append(
                            end
                                    ? line.stripTrailing()
                                            .substring(0, line.stripTrailing().length() - 1)
                                    : line)
                    .append('\n');
            if (end) {
                statements.add(statement.toString().strip());
                statement.setLength(0);
            }
        }
        if (!statement.toString().isBlank()) {
            statements.add(statement.toString().strip());
        }
        return statements;
    }

    private static String checksum(String script) {
        try {
            String text = String.join("\n", script.lines().toList()); // the same on every platform
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static String oneLine(SQLException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
}
