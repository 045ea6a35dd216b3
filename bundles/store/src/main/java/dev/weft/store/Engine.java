package dev.weft.store;

import com.zaxxer.hikari.HikariConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ExecutorService;
import javax.sql.DataSource;

/** What differs between the databases that a host can keep its tables in. */
interface Engine {
    /** Makes connections; the pool stands in front of it. */
    DataSource source();

    /** Waits for a database that is just starting.
     * @param millis at most so long
     * @throws SQLException if it cannot be used; what waiting would not cure is thrown at once */
    void await(long millis) throws SQLException;

    /** Sets what the pool should do differently with this database. */
    void tune(HikariConfig pool);

    /** Where the database is, fit to be shown: without secrets. */
    String place();

    /** What a person can do about a database that cannot be opened. */
    String remedy(SQLException failure);

    /** Keeps other hosts from changing tables until {@link #unlock}. */
    void lock(Connection connection) throws SQLException;

    /** Lets other hosts change tables again. */
    void unlock(Connection connection) throws SQLException;

    /** Joins the other hosts on this database.
     * @param executor runs what the joining needs */
    ClusterNode join(ExecutorService executor);

    /** Copies the database to a file while it is in use.
     * @param connection into the database
     * @param zip does not exist yet
     * @throws IllegalStateException if this database is backed up by other means; the message says which */
    void backup(Connection connection, Path zip) throws SQLException, IOException;
}
