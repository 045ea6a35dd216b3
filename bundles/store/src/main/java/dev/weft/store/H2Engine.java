package dev.weft.store;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;
import org.h2.api.ErrorCode;
import org.h2.jdbcx.JdbcDataSource;

/** H2, in this process: by default a file in the data directory. */
final class H2Engine implements Engine {
    static final String PREFIX = "jdbc:h2:";
    private final String url;
    private final JdbcDataSource source = new JdbcDataSource();

    /** Takes a database.
     * @param url its JDBC URL; empty for the file {@code db/weft} in the data directory
     * @param data the data directory, used if there is no URL */
    H2Engine(String url, String data) {
        this.url = url.isEmpty() ? fileUrl(data) : url;
        source.setURL(this.url);
        if (!this.url.toUpperCase(Locale.ROOT).contains(";USER=")) {
            source.setUser("sa");
        }
    }

    private static String fileUrl(String data) {
        if (data == null || data.isBlank()) {
            throw new IllegalStateException(
                    "the framework property weft.data is not set; the launcher sets it to the data directory");
        }
        if (data.contains(";")) {
            throw new IllegalStateException(
                    "the data directory "
                            + data
                            + " has a semicolon in its name, which the database cannot open; choose another with --data");
        }
        Path folder = Path.of(data, "db").toAbsolutePath();
        try {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                    Files.setPosixFilePermissions(
                            folder, PosixFilePermissions.fromString("rwx------"));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(
                    "the folder "
                            + folder
                            + " cannot be made ("
                            + e
                            + "); check that the data directory is writable",
                    e);
        }
        String file = folder.resolve("weft").toString().replace('\\', '/');
        // no write delay: an acknowledged commit must survive a killed process; closed by us, not
        // by a JVM shutdown hook
        return PREFIX + "file:" + file + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE";
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public void await(long millis) {
        // it runs in this process: it is there, or opening it fails
    }

    @Override
    public void tune(HikariConfig pool) {
        pool.setMaxLifetime(0); // no network in between that could lose a connection
        pool.setKeepaliveTime(0);
    }

    @Override
    public String place() {
        return url.replaceAll(";.*", "");
    }

    @Override
    public String remedy(SQLException failure) {
        return switch (failure.getErrorCode()) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                    "another process uses this data directory; stop it, or choose another with --data";
            case ErrorCode.FILE_VERSION_ERROR_1 ->
                    "it was written by another version of the database; run the version of Weft that wrote it";
            case ErrorCode.FILE_CORRUPTED_1 ->
                    "restore the folder db from a backup, or move it away to start empty";
            default -> "check that the data directory is writable and has space left";
        };
    }

    @Override
    public void lock(Connection connection) {
        // only this process has the database open
    }

    @Override
    public void unlock(Connection connection) {
        // see lock
    }

    @Override
    public ClusterNode join(ExecutorService executor) {
        return new SingleHost();
    }

    @Override
    public void backup(Connection connection, Path zip) throws SQLException {
        if (!url.startsWith(PREFIX + "file:")) {
            throw new IllegalStateException(
                    "the database " + place() + " is no file; there is nothing to back up");
        }
        try (PreparedStatement statement = connection.prepareStatement("BACKUP TO ?")) {
            statement.setString(1, zip.toString());
            statement.execute();
        }
    }
}
