package dev.waybill.worker.imports;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the tables of the other system in one snapshot.
final class SourceTables {

    private static final String DESTINATIONS = "delivery_destinations";
    private static final String DEFAULTS = "default_destinations";

    /// Under which `waybill migrate` has set them aside. What has their names now is Waybill's own.
    private static final String ADOPTED = "_before_waybill";

    private static final String CONNECT_SECONDS = "10";

    /// Rows of some hundred bytes each: enough that round trips do not count.
    private static final int FETCH = 1_000;

    private static final String COLUMNS = """
            select attname from pg_attribute where attrelid = to_regclass(?) and attnum > 0 and not attisdropped
            """;

    private final Connection connection;

    private SourceTables(Connection connection) {
        this.connection = connection;
    }

    /// Reads everything and lets go of the database.
    static Source read(String url, String user, String password) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("loginTimeout", CONNECT_SECONDS);
        properties.setProperty("ApplicationName", "waybill import");
        try (Connection connection = DriverManager.getConnection(url, properties)) {
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            Source source = new SourceTables(connection).read();
            connection.rollback();
            return source;
        }
    }

    private Source read() throws SQLException {
        String suffix = columns(DESTINATIONS + ADOPTED).isEmpty() ? "" : ADOPTED;
        Set<String> columns = columns(DESTINATIONS + suffix);
        if (columns.isEmpty()) {
            throw new SQLException("there is no table " + DESTINATIONS);
        }
        return new Source(
                destinations(DESTINATIONS + suffix, columns),
                columns(DEFAULTS + suffix).isEmpty() ? List.of() : defaults(DEFAULTS + suffix));
    }

    private Set<String> columns(String table) throws SQLException {
        Set<String> columns = new HashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.add(rows.getString(1));
                }
            }
        }
        return columns;
    }

    private List<Source.Destination> destinations(String table, Set<String> columns) throws SQLException {
        Map<Field, String> taken = new EnumMap<>(Field.class);
        for (Field field : Field.values()) {
            field.columns().stream()
                    .filter(columns::contains)
                    .findFirst()
                    .ifPresent(column -> taken.put(field, column));
        }
        String sql = Stream.concat(Stream.of("id", "organization_id"), taken.values().stream())
                .map(column -> column + "::text")
                .collect(Collectors.joining(", ", "select ", " from " + table + " order by organization_id, id"));
        List<Source.Destination> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Map<Field, String> values = new EnumMap<>(Field.class);
                    int place = 2;
                    for (Field field : taken.keySet()) {
                        String value = rows.getString(++place);
                        if (value != null) {
                            values.put(field, value);
                        }
                    }
                    all.add(new Source.Destination(text(rows, 1), text(rows, 2), values));
                }
            }
        }
        return all;
    }

    private List<Source.Default> defaults(String table) throws SQLException {
        List<Source.Default> all = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "select organization_id::text, destination_id::text, coalesce(is_primary, false) from " + table
                        + " order by organization_id, created_at, id")) {
            statement.setFetchSize(FETCH);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    all.add(new Source.Default(text(rows, 1), text(rows, 2), rows.getBoolean(3)));
                }
            }
        }
        return all;
    }

    private static String text(ResultSet row, int column) throws SQLException {
        String text = row.getString(column);
        return text == null ? "" : text;
    }
}
