package dev.waybill.worker.projector.adopt;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over tables of Waybill's names: they are set aside, the migrations make Waybill's own, and the rows are
/// carried
/// over. Every step is a transaction that also renames the table it is done with ([Aside]), so after a crash another
/// run
/// goes on where the last one stopped.
///
/// The configuration is copied and the old tables are kept, because an import reads the settings in them. Logs are
/// moved,
/// batch by batch: what is still in the old table is what is still to do, and no row is ever in both.
public final class Adoption {

    private static final Logger LOG = LoggerFactory.getLogger(Adoption.class);

    /// A batch locks some thousand rows for well below a second, and loses no more work than that in a crash.
    private static final int BATCH = 5_000;

    private static final int BATCHES_PER_LINE = 100;

    private static final int LOCK_SPACE = 0x5763;

    /// Whoever holds the tables for longer would be waited for by everybody else behind this lock.
    private static final String LOCK_TIMEOUT = "set local lock_timeout = '10s'";

    /// Names of indexes are unique in a schema, and Waybill's own have the same ones.
    private static final String INDEXES = """
            select format('alter index %I rename to %I', c.relname, left(c.relname, 40) || '_aside_' || c.oid)
            from pg_index i join pg_class c on c.oid = i.indexrelid
            where i.indrelid = to_regclass(?)
            """;

    private static final String IS_TYPE =
            "select 1 from pg_type where typnamespace = current_schema()::regnamespace and typname = ?";

    private static final String USERS_OF_TYPE = """
            select 1 from pg_attribute a join pg_type t on t.oid = a.atttypid
            where t.typnamespace = current_schema()::regnamespace and t.typname = ? and not a.attisdropped limit 1
            """;

    private static final String DESTINATIONS = """
            insert into delivery_destinations (id, organization_id, stub)
            select id, organization_id, true from delivery_destinations_adopting on conflict (id) do nothing
            """;

    private static final String DEFAULTS = """
            insert into default_destinations (id, organization_id, destination_id, is_primary, created_at, created_by)
            select id, organization_id, destination_id, is_primary, created_at, created_by
            from default_destinations_adopting on conflict do nothing
            """;

    /// The last id of the next batch; none if what is left is no whole batch. What it begins from is moved already, but
    /// for the least id that there can be.
    private static final String BATCH_END =
            "select id from delivery_logs_adopting where id >= ? order by id offset ? limit 1";

    private static final String MOVE = """
            with moved as (delete from delivery_logs_adopting where id >= ? and id <= ? returning *)
            insert into delivery_logs ($names) select $values from moved
            """.replace("$names", String.join(", ", Shape.logColumns()))
            .replace("$values", Shape.logColumns().stream().map(Adoption::value).collect(Collectors.joining(", ")));

    private static final UUID LEAST = new UUID(0, 0);
    private static final UUID GREATEST = new UUID(-1, -1);

    private final DataSource database;
    private final String historyTable;
    private final int batch;

    /// @param historyTable where the migrations are remembered
    public Adoption(DataSource database, String historyTable) {
        this(database, historyTable, BATCH);
    }

    Adoption(DataSource database, String historyTable, int batch) {
        this.database = database;
        this.historyTable = historyTable;
        this.batch = batch;
    }

    /// A row without `queued_at` is put where it was made: the partition needs a time.
    private static String value(String column) {
        return switch (column) {
            case "status" -> "status::text::delivery_status";
            case "queued_at" -> "coalesce(queued_at, created_at, updated_at, now())";
            default -> column;
        };
    }

    /// How far an adoption is.
    public sealed interface State {

        /// There is nothing to adopt.
        record Nothing() implements State {}

        /// Another system has made tables of these names, in whatever shape.
        record Foreign(List<String> names) implements State {}

        /// A run has stopped on the way; these still wait.
        record Unfinished(List<String> names) implements State {}
    }

    /// Looks, and changes nothing.
    public State state() throws SQLException {
        try (Connection connection = database.getConnection()) {
            Sql sql = new Sql(connection);
            return sql.transaction(() -> state(sql));
        }
    }

    private State state(Sql sql) throws SQLException {
        Catalogue catalogue = new Catalogue(sql);
        List<String> waiting = waiting(sql);
        if (!waiting.isEmpty()) {
            return new State.Unfinished(waiting);
        }
        Found found = catalogue.isManaged(historyTable) ? Found.NOTHING : catalogue.found();
        return found.isEmpty() ? new State.Nothing() : new State.Foreign(found.names());
    }

    /// What keeps the tables of another system from being adopted; changes nothing. It may read every row.
    public List<String> differences() throws SQLException {
        try (Connection connection = database.getConnection()) {
            Sql sql = new Sql(connection);
            return sql.transaction(() -> {
                Catalogue catalogue = new Catalogue(sql);
                return catalogue.differences(catalogue.found());
            });
        }
    }

    private static List<String> waiting(Sql sql) throws SQLException {
        List<String> waiting = new ArrayList<>();
        Catalogue catalogue = new Catalogue(sql);
        for (String name : Shape.TABLES) {
            if (catalogue.has(Aside.adopting(name))) {
                waiting.add(name);
            }
        }
        if (isType(sql, Aside.adopting(Shape.STATUS))) {
            waiting.add(Shape.STATUS);
        }
        return waiting;
    }

    /// Adopts what there is, if there is anything. Two at once wait for each other.
    ///
    /// @param migrations make Waybill's tables
    /// @param beforeLogs is called when there are logs to move
    /// @throws AdoptionRefusedException if the tables have another shape; then nothing was changed
    public Adopted run(Runnable migrations, Runnable beforeLogs) throws SQLException {
        try (Connection connection = database.getConnection()) {
            Sql sql = new Sql(connection);
            // Held until the connection is closed, over all transactions.
            sql.query("select pg_advisory_lock(?, 0)", _ -> true, LOCK_SPACE);
            sql.transaction(() -> setAside(sql));
            migrations.run();
            if (waiting(sql).isEmpty()) {
                return Adopted.NOTHING;
            }
            Adopted configuration = sql.transaction(() -> copyConfiguration(sql));
            long logs = 0;
            if (new Catalogue(sql).has(Aside.adopting(Shape.LOGS))) {
                beforeLogs.run();
                logs = moveLogs(sql);
            }
            sql.transaction(() -> finish(sql));
            return new Adopted(configuration.destinations(), configuration.defaults(), logs);
        }
    }

    /// Looked at again under the lock: the other system may still be writing.
    private boolean setAside(Sql sql) throws SQLException {
        sql.execute(LOCK_TIMEOUT);
        Catalogue catalogue = new Catalogue(sql);
        if (!waiting(sql).isEmpty() || catalogue.isManaged(historyTable)) {
            return false;
        }
        Found before = catalogue.found();
        refuse(Shape.differences(before));
        for (String name : before.tables().keySet()) {
            sql.execute("lock table " + name + " in access exclusive mode");
        }
        Found found = catalogue.found();
        refuse(catalogue.differences(found));
        for (String name : found.tables().keySet()) {
            for (String rename : sql.texts(INDEXES, name)) {
                sql.execute(rename);
            }
            sql.execute("alter table " + name + " rename to " + Aside.adopting(name));
        }
        if (found.statuses().isPresent()) {
            sql.execute("alter type " + Shape.STATUS + " rename to " + Aside.adopting(Shape.STATUS));
        }
        return true;
    }

    private static void refuse(List<String> differences) {
        if (!differences.isEmpty()) {
            throw new AdoptionRefusedException(differences);
        }
    }

    private static Adopted copyConfiguration(Sql sql) throws SQLException {
        return new Adopted(
                copy(sql, Shape.DESTINATIONS, DESTINATIONS).orElse(0),
                copy(sql, Shape.DEFAULTS, DEFAULTS).orElse(0),
                0);
    }

    private static Optional<Integer> copy(Sql sql, String table, String insert) throws SQLException {
        if (!new Catalogue(sql).has(Aside.adopting(table))) {
            return Optional.empty();
        }
        int rows = sql.execute(insert);
        sql.execute("alter table " + Aside.adopting(table) + " rename to " + Aside.adopted(table));
        return Optional.of(rows);
    }

    private long moveLogs(Sql sql) throws SQLException {
        long moved = 0;
        UUID from = LEAST;
        for (long batches = 1; ; batches++) {
            UUID last = from;
            Optional<UUID> end = sql.query(BATCH_END, row -> row.getObject(1, UUID.class), from, batch - 1).stream()
                    .findFirst();
            moved += sql.transaction(() -> sql.execute(MOVE, last, end.orElse(GREATEST)));
            if (end.isEmpty()) {
                return moved;
            }
            from = end.get();
            if (batches % BATCHES_PER_LINE == 0) {
                LOG.info("{} rows of delivery_logs moved so far", moved);
            }
        }
    }

    private static boolean finish(Sql sql) throws SQLException {
        sql.execute(LOCK_TIMEOUT);
        String logs = Aside.adopting(Shape.LOGS);
        if (new Catalogue(sql).has(logs)) {
            sql.execute("lock table " + logs + " in access exclusive mode");
            if (!sql.texts("select id::text from " + logs + " limit 1").isEmpty()) {
                throw new SQLException("rows were written into " + logs + " meanwhile; run it again");
            }
            sql.execute("drop table " + logs);
        }
        String type = Aside.adopting(Shape.STATUS);
        if (isType(sql, type)) {
            sql.execute(
                    sql.texts(USERS_OF_TYPE, type).isEmpty()
                            ? "drop type " + type
                            : "alter type " + type + " rename to " + Aside.adopted(Shape.STATUS));
        }
        return true;
    }

    private static boolean isType(Sql sql, String name) throws SQLException {
        return !sql.texts(IS_TYPE, name).isEmpty();
    }
}
