package dev.weft.skill.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.skill.data.DataSkill.Answer;
import dev.weft.skill.data.DataSkill.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.h2.jdbc.JdbcConnection;

/**
 * A database in memory that lives for one call. Its owner fills it; the caller's SQL runs as a user that may select from the tables
 * and nothing else: what reaches files, classes and other databases needs an administrator in H2.
 */
final class Database implements AutoCloseable {
    private static final int MOST_CHARACTERS = 1 << 20;
    private static final int LONGEST_VALUE = 32 << 10;
    private static final int BATCH = 1000;

    private final String url = "jdbc:h2:mem:" + UUID.randomUUID();
    private final String password = UUID.randomUUID().toString();
    private final Connection owner;

    Database() throws SQLException {
        owner =
                connect(
                        "OWNER",
                        ";DATABASE_TO_UPPER=FALSE;CASE_INSENSITIVE_IDENTIFIERS=TRUE;DB_CLOSE_ON_EXIT=FALSE");
        try (Statement statement = owner.createStatement()) {
            statement.execute("CREATE USER READER PASSWORD '" + password + "'");
            statement.execute("GRANT SELECT ON SCHEMA PUBLIC TO READER");
        }
    }

    /** Without the driver, which would register itself with the JVM and so keep this bundle's classes. */
    private Connection connect(String user, String settings) throws SQLException {
        return new JdbcConnection(url + settings, new Properties(), user, password, false);
    }

    /** Makes a table.
     * @return its columns */
    List<Column> load(Sheet sheet) throws SQLException {
        List<Column> columns = new ArrayList<>();
        StringBuilder create = new StringBuilder("CREATE TABLE " + quoted(sheet.table()) + " (");
        for (int i = 0; i < sheet.columns().size(); i++) {
            ColumnType type = ColumnType.of(sheet.rows(), i);
            columns.add(new Column(sheet.columns().get(i), type.name()));
            create.append(i == 0 ? "" : ", ")
                    .append(quoted(sheet.columns().get(i)))
                    .append(' ')
                    .append(type);
        }
        try (Statement statement = owner.createStatement()) {
            statement.execute(create.append(')').toString());
        }
        String places = "?, ".repeat(columns.size() - 1) + "?";
        try (PreparedStatement insert =
                owner.prepareStatement(
                        "INSERT INTO " + quoted(sheet.table()) + " VALUES (" + places + ")")) {
            int waiting = 0;
            for (String[] row : sheet.rows()) {
                for (int i = 0; i < row.length; i++) {
                    insert.setString(i + 1, row[i]); // the database reads it as the column's type
                }
                insert.addBatch();
                if (++waiting % BATCH == 0) {
                    insert.executeBatch();
                }
            }
            insert.executeBatch();
        }
        return columns;
    }

    /** Runs the caller's SQL.
     * @param limit rows at most
     * @param seconds how long it may take
     * @throws SQLException if it is no query, or goes wrong */
    Answer query(String sql, int limit, int seconds) throws SQLException {
        try (Connection reader = connect("READER", "");
                PreparedStatement query = reader.prepareStatement(sql)) {
            query.setQueryTimeout(seconds);
            query.setMaxRows(limit + 1);
            try (ResultSet result = query.executeQuery()) {
                return answer(result, limit);
            }
        }
    }

    private static Answer answer(ResultSet result, int limit) throws SQLException {
        ResultSetMetaData about = result.getMetaData();
        List<Column> columns = new ArrayList<>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
            columns.add(new Column(about.getColumnLabel(i), about.getColumnTypeName(i)));
        }
        List<List<JsonNode>> rows = new ArrayList<>();
        int characters = 0;
        boolean more = false;
        while (!more && result.next()) {
            List<JsonNode> row = new ArrayList<>();
            for (int i = 1; i <= columns.size(); i++) {
                JsonNode value = value(result, i, about.getColumnType(i));
                characters += value.asText().length() + 4;
                row.add(value);
            }
            more = rows.size() == limit || characters > MOST_CHARACTERS;
            if (!more) {
                rows.add(row);
            }
        }
        return new Answer(columns, rows, more);
    }

    /** Never as an object: one that came as bytes must not come to life. */
    private static JsonNode value(ResultSet result, int column, int type) throws SQLException {
        String text = result.getString(column);
        JsonNodeFactory json = JsonNodeFactory.instance;
        if (text == null) {
            return json.nullNode();
        }
        return switch (type) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT ->
                    json.numberNode(result.getLong(column));
            case Types.NUMERIC, Types.DECIMAL -> json.numberNode(result.getBigDecimal(column));
            case Types.REAL, Types.FLOAT, Types.DOUBLE -> {
                double number = result.getDouble(column);
                yield Double.isFinite(number) ? json.numberNode(number) : json.textNode(text);
            }
            case Types.BOOLEAN -> json.booleanNode(result.getBoolean(column));
            default ->
                    json.textNode(
                            text.length() <= LONGEST_VALUE
                                    ? text
                                    : text.substring(0, LONGEST_VALUE) + "…");
        };
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() throws SQLException {
        try (Statement statement = owner.createStatement()) {
            statement.execute("SHUTDOWN IMMEDIATELY"); // a query that still runs ends, too
        }
    }
}
