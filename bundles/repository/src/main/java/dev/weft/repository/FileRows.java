package dev.weft.repository;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Files as rows {@code repository_files} and {@code repository_parts}: in parts, so that no jar is in memory as a whole. One transaction's own. */
record FileRows(Connection connection) {
    static final String SCHEMA =
            """
            CREATE TABLE IF NOT EXISTS repository_state (
                name VARCHAR(16) PRIMARY KEY,
                version BIGINT NOT NULL,
                secret TEXT NOT NULL
            );

            CREATE TABLE IF NOT EXISTS repository_files (
                name VARCHAR(600) PRIMARY KEY,
                sha256 VARCHAR(64) NOT NULL,
                modified BIGINT NOT NULL
            );

            CREATE TABLE IF NOT EXISTS repository_parts (
                name VARCHAR(600) NOT NULL,
                part BIGINT NOT NULL,
                content BYTEA NOT NULL,
                PRIMARY KEY (name, part)
            );
            """;

    /** Begins the names of jars that wait to be published. */
    static final String UPLOADS = ".uploads/";

    private static final int PART = 1 << 20;

    /** What tells one content from another.
     * @param sha256 of the content
     * @param modified when it was last changed, in milliseconds */
    record Stamp(String sha256, long modified) {}

    /** All files but those that wait. */
    Map<String, Stamp> all() throws SQLException {
        Map<String, Stamp> all = new HashMap<>();
        try (PreparedStatement statement =
                        prepare(
                                "SELECT name, sha256, modified FROM repository_files WHERE name NOT LIKE ?",
                                UPLOADS + "%");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                all.put(rows.getString(1), new Stamp(rows.getString(2), rows.getLong(3)));
            }
        }
        return all;
    }

    void write(String name, Stamp stamp, Path file) throws SQLException, IOException {
        remove(name);
        update(
                "INSERT INTO repository_files (name, sha256, modified) VALUES (?, ?, ?)",
                name,
                stamp.sha256(),
                stamp.modified());
        try (InputStream in = Files.newInputStream(file)) {
            long part = 0;
            for (byte[] bytes = in.readNBytes(PART);
                    bytes.length > 0;
                    bytes = in.readNBytes(PART)) {
                update(
                        "INSERT INTO repository_parts (name, part, content) VALUES (?, ?, ?)",
                        name,
                        part++,
                        bytes);
            }
        }
    }

    /** Copies a file out.
     * @return false if there is none */
    boolean read(String name, OutputStream out) throws SQLException, IOException {
        boolean found = false;
        for (long part = 0; ; part++) {
            try (PreparedStatement statement =
                            prepare(
                                    "SELECT content FROM repository_parts WHERE name = ? AND part = ?",
                                    name,
                                    part);
                    ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return found;
                }
                found = true;
                out.write(rows.getBytes(1));
            }
        }
    }

    void touch(String name, long modified) throws SQLException {
        update("UPDATE repository_files SET modified = ? WHERE name = ?", modified, name);
    }

    void remove(String name) throws SQLException {
        update("DELETE FROM repository_parts WHERE name = ?", name);
        update("DELETE FROM repository_files WHERE name = ?", name);
    }

    /** Removes what waited too long.
     * @param before milliseconds */
    void sweepUploads(long before) throws SQLException {
        String old = "name LIKE ? AND modified < ?";
        update(
                "DELETE FROM repository_parts WHERE name IN (SELECT name FROM repository_files WHERE "
                        + old
                        + ")",
                UPLOADS + "%",
                before);
        update("DELETE FROM repository_files WHERE " + old, UPLOADS + "%", before);
    }

    int update(String sql, Object... arguments) throws SQLException {
        try (PreparedStatement statement = prepare(sql, arguments)) {
            return statement.executeUpdate();
        }
    }

    private PreparedStatement prepare(String sql, Object... arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        try {
            for (int i = 0; i < arguments.length; i++) {
                statement.setObject(i + 1, arguments[i]);
            }
            return statement;
        } catch (SQLException e) {
            statement.close();
            throw e;
        }
    }
}
