package dev.waybill.worker.projector;

import dev.waybill.worker.projector.adopt.Adopted;
import dev.waybill.worker.projector.adopt.Adoption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationVersion;
import org.jspecify.annotations.Nullable;

/// Brings the database to the schema this worker knows, and says whether it is there.
public final class Migrations {

    /// Of our own, so that a database may be shared with an application that uses Flyway too.
    static final String HISTORY_TABLE = "waybill_schema_history";

    /// Shorter than the 30 s within which a worker must have said why it does not start.
    private static final int CONNECT_SECONDS = 10;

    private final Flyway flyway;
    private final Adoption adoption;

    private Migrations(Flyway flyway) {
        this.flyway = flyway;
        this.adoption = new Adoption(flyway.getConfiguration().getDataSource(), HISTORY_TABLE);
    }

    public static Migrations of(String jdbcUrl, String user, String password) {
        return new Migrations(Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(bounded(jdbcUrl), user, password)
                .locations("classpath:db/migration")
                .table(HISTORY_TABLE)
                .baselineOnMigrate(true)
                .baselineVersion("0")
                .baselineDescription("before Waybill")
                .cleanDisabled(true)
                .load());
    }

    private static String bounded(String jdbcUrl) {
        return jdbcUrl.contains("connectTimeout=")
                ? jdbcUrl
                : jdbcUrl + (jdbcUrl.contains("?") ? "&" : "?") + "connectTimeout=" + CONNECT_SECONDS + "&loginTimeout="
                        + CONNECT_SECONDS;
    }

    /// What a migration did.
    ///
    /// @param version the schema's version now
    /// @param adopted what was carried over from tables that another system had made
    public record Migrated(int applied, String version, Adopted adopted) {}

    /// Applies what is missing, as [#migrate(Runnable)] does.
    public Migrated migrate() {
        return migrate(() -> {});
    }

    /// Applies what is missing, and adopts tables that another system has made. Two at once wait for each other.
    ///
    /// @param beforeLogs is called when Waybill's tables are there and rows of another `delivery_logs` are to come
    /// @throws dev.waybill.worker.projector.adopt.AdoptionRefusedException if the tables have another
    ///     shape; then nothing was changed
    public Migrated migrate(Runnable beforeLogs) {
        AtomicInteger applied = new AtomicInteger();
        try {
            Adopted adopted = adoption.run(() -> applied.set(flyway.migrate().migrationsExecuted), beforeLogs);
            return new Migrated(applied.get(), String.valueOf(flyway.info().getInfoResult().schemaVersion), adopted);
        } catch (SQLException e) {
            throw new FlywayException(firstLine(e), e);
        }
    }

    /// What there would be to adopt; changes nothing.
    public Adoption.State adoption() {
        try {
            return adoption.state();
        } catch (SQLException e) {
            throw new FlywayException(firstLine(e), e);
        }
    }

    /// What keeps tables that another system has made from being adopted; changes nothing.
    public List<String> differences() {
        try {
            return adoption.differences();
        } catch (SQLException e) {
            throw new FlywayException(firstLine(e), e);
        }
    }

    /// How many migrations would be applied.
    public int pending() {
        return flyway.info().pending().length;
    }

    /// Whether this worker may use the database.
    public sealed interface SchemaState {

        /// Everything is as this worker knows it.
        record Current(String version) implements SchemaState {}

        /// Migrations are missing.
        record Behind(String found, String known) implements SchemaState {}

        /// Another system has made tables of Waybill's names.
        record Foreign(List<String> names) implements SchemaState {}

        /// Their rows are not carried over yet.
        record Unfinished(List<String> names) implements SchemaState {}

        /// A newer worker was here.
        record Ahead(String found, String known) implements SchemaState {}

        /// Nobody could say.
        record Unreachable(String why) implements SchemaState {}

        /// One line that says what is wrong and what to do; null where nothing is.
        default @Nullable String complaint() {
            return switch (this) {
                case Current _ -> null;
                case Behind(String found, String known) ->
                    "The database is at schema version %s, this worker needs %s: run `waybill migrate`."
                            .formatted(found, known);
                case Foreign(List<String> names) ->
                    "The database has %s, which Waybill did not make: `waybill migrate` adopts them or says what differs,"
                                    .formatted(String.join(", ", names))
                            + " `waybill migrate --dry-run` only says it.";
                case Unfinished(List<String> names) ->
                    "The adoption of %s has stopped on the way: run `waybill migrate` again."
                            .formatted(String.join(", ", names));
                case Ahead(String found, String known) ->
                    "The database is at schema version %s, this worker knows only up to %s: start a newer worker."
                            .formatted(found, known);
                case Unreachable(String why) -> "Postgres cannot be asked for its schema version: " + why;
            };
        }
    }

    /// Compares the database with this worker; changes nothing.
    public SchemaState check() {
        try {
            return switch (adoption.state()) {
                case Adoption.State.Nothing() -> stateOf(flyway.info());
                case Adoption.State.Foreign(List<String> names) -> new SchemaState.Foreign(names);
                case Adoption.State.Unfinished(List<String> names) -> new SchemaState.Unfinished(names);
            };
        } catch (SQLException | FlywayException e) {
            return new SchemaState.Unreachable(firstLine(rootOf(e)));
        }
    }

    private static SchemaState stateOf(MigrationInfoService info) {
        MigrationVersion known = MigrationVersion.EMPTY;
        for (MigrationInfo each : info.all()) {
            if (each.getVersion() != null && each.getState().isResolved()) {
                known = newer(known, each.getVersion());
            }
        }
        MigrationInfo current = info.current();
        String found = current == null || current.getVersion() == null
                ? "none"
                : current.getVersion().getVersion();
        if (current != null
                && current.getVersion() != null
                && current.getVersion().compareTo(known) > 0) {
            return new SchemaState.Ahead(found, known.getVersion());
        }
        if (info.pending().length > 0) {
            return new SchemaState.Behind(found, known.getVersion());
        }
        return new SchemaState.Current(found);
    }

    private static MigrationVersion newer(MigrationVersion one, MigrationVersion other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static String firstLine(Throwable error) {
        String message = String.valueOf(error.getMessage());
        return message.lines().findFirst().orElse(error.getClass().getSimpleName());
    }
}
