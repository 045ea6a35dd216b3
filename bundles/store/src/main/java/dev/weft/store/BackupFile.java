package dev.weft.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.UUID;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import javax.sql.DataSource;

/**
 * A backup while the host works: a zip file with {@code backup.json}, which says what it is, and {@code db/weft.mv.db}. The
 * command line writes the same when no host runs.
 */
final class BackupFile {
    private final DataSource database;
    private final Engine engine;
    private final Path data;

    BackupFile(DataSource database, Engine engine, String data) {
        this.database = database;
        this.engine = engine;
        this.data = data == null ? null : Path.of(data);
    }

    void write(OutputStream out) throws IOException {
        Path folder =
                data == null
                        ? Path.of(System.getProperty("java.io.tmpdir"))
                        : Files.createDirectories(data.resolve("tmp"));
        Path copy = folder.resolve("backup-" + UUID.randomUUID() + ".zip");
        try (Connection connection = database.getConnection()) {
            String about = about(connection);
            engine.backup(connection, copy);
            pack(copy, about, out);
        } catch (SQLException e) {
            throw new IOException(
                    "the database could not be copied: "
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse(""),
                    e);
        } finally {
            Files.deleteIfExists(copy);
        }
    }

    private String about(Connection connection) throws SQLException, IOException {
        StringBuilder rooms = new StringBuilder();
        try (Statement statement = connection.createStatement();
                ResultSet rows =
                        statement.executeQuery(
                                "SELECT room, MAX(version) FROM store_migrations GROUP BY room ORDER BY room")) {
            while (rows.next()) {
                rooms.append(rooms.isEmpty() ? "" : ",")
                        .append('"')
                        .append(rows.getString(1))
                        .append("\":")
                        .append(rows.getInt(2));
            }
        }
        Path layout = data == null ? null : data.resolve("layout");
        int number =
                layout != null && Files.exists(layout)
                        ? Integer.parseInt(Files.readString(layout).strip())
                        : 1;
        return "{\"format\":1,\"layout\":"
                + number
                + ",\"created\":\""
                + Instant.now()
                + "\",\"rooms\":{"
                + rooms
                + "}}\n";
    }

    private static void pack(Path copy, String about, OutputStream out) throws IOException {
        try (ZipFile from = new ZipFile(copy.toFile());
                ZipOutputStream to = new ZipOutputStream(out)) {
            to.putNextEntry(new ZipEntry("backup.json"));
            to.write(about.getBytes(StandardCharsets.UTF_8));
            to.closeEntry();
            ZipEntry file =
                    from.stream()
                            .filter(entry -> entry.getName().endsWith(".mv.db"))
                            .findFirst()
                            .orElseThrow(
                                    () -> new IOException("the copy of the database is empty"));
            to.putNextEntry(new ZipEntry("db/weft.mv.db"));
            try (InputStream bytes = from.getInputStream(file)) {
                bytes.transferTo(to);
            }
            to.closeEntry();
        }
    }
}
