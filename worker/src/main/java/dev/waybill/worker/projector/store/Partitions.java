package dev.waybill.worker.projector.store;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jooq.Record;

/// Makes partitions ahead of time and drops those that are too old. What falls outside of all of them lies in the
/// default partition, from which it is moved when its own is made.
///
/// A partition is known by its bounds and not by its name, which anybody may have chosen, in any case.
public final class Partitions {

    private static final String LOGS = "delivery_logs";

    private static final List<String> TABLES = List.of("deliveries", LOGS, "delivery_attempts");

    /// Workers that come second leave it to the first.
    private static final String TRY_LOCK = "select pg_try_advisory_xact_lock(?::int4, ?::int4)";

    private static final int LOCK_SPACE = 0x5762;

    /// Dropping waits for readers of the table, and everybody else waits behind it: rather next time.
    private static final String LOCK_TIMEOUT = "set local lock_timeout = '2s'";

    private static final String EXISTING = """
            select format('%I.%I', n.nspname, c.relname), pg_get_expr(c.relpartbound, c.oid)
            from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_namespace n on n.oid = c.relnamespace
            where i.inhparent = to_regclass(?)
            """;

    private static final String TIME = "'([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:]{8})(?:\\.[0-9]+)?\\+00'";

    private static final Pattern BOUNDS = Pattern.compile("FOR VALUES FROM \\(" + TIME + "\\) TO \\(" + TIME + "\\)");

    private static final DateTimeFormatter SQL_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter NAME_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);

    private record Partition(String quotedName, TimeRange range) {}

    private final Database database;
    private final PartitionGrid grid;

    public Partitions(Database database, PartitionGrid grid) {
        this.database = database;
        this.grid = grid;
    }

    /// What one upkeep did.
    public record Upkeep(int created, int dropped) {

        Upkeep plus(Upkeep other) {
            return new Upkeep(created + other.created, dropped + other.dropped);
        }
    }

    /// One short transaction per table. To be called every now and then; nothing breaks when a call fails.
    public Upkeep upkeep(Instant now) {
        Upkeep sum = new Upkeep(0, 0);
        for (int i = 0; i < TABLES.size(); i++) {
            String table = TABLES.get(i);
            int lock = i;
            sum = sum.plus(database.transaction(session -> {
                boolean first =
                        session.query(TRY_LOCK, LOCK_SPACE, lock).getFirst().get(0, boolean.class);
                return first ? upkeep(session, table, now) : new Upkeep(0, 0);
            }));
        }
        return sum;
    }

    /// Makes partitions of `delivery_logs` for all that is kept, before rows of another system come: while there are
    /// none
    /// it costs nothing.
    public void makeForOldLogs(Instant now) {
        database.transaction(session -> {
            session.execute(LOCK_TIMEOUT);
            return createMissing(session, LOGS, existing(session, LOGS), grid.kept(now));
        });
    }

    /// How many rows of `delivery_logs` are so old that the next upkeep deletes them.
    public long oldLogs(Instant now) {
        return database.transaction(session -> session.query(
                        "select count(*) from " + LOGS + "_default where queued_at < " + time(grid.horizon(now)))
                .getFirst()
                .get(0, long.class));
    }

    private static List<Partition> existing(Session session, String table) {
        return session.query(EXISTING, table).stream()
                .flatMap(row -> partition(row).stream())
                .toList();
    }

    private static int createMissing(Session session, String table, List<Partition> existing, List<TimeRange> wanted) {
        List<TimeRange> taken = existing.stream().map(Partition::range).toList();
        List<TimeRange> missing =
                wanted.stream().flatMap(range -> range.without(taken).stream()).toList();
        missing.forEach(range -> create(session, table, range));
        return missing.size();
    }

    private Upkeep upkeep(Session session, String table, Instant now) {
        session.execute(LOCK_TIMEOUT);
        List<Partition> existing = existing(session, table);
        int created = createMissing(session, table, existing, grid.wanted(now));
        Instant horizon = grid.horizon(now);
        List<Partition> old = existing.stream()
                .filter(partition -> !partition.range().to().isAfter(horizon))
                .toList();
        old.forEach(partition -> session.execute("drop table " + partition.quotedName()));
        session.execute("delete from " + table + "_default where queued_at < " + time(horizon));
        return new Upkeep(created, old.size());
    }

    /// Attaching, unlike creating a partition in place, lets others read and write meanwhile.
    private static void create(Session session, String table, TimeRange range) {
        String name = table + "_p" + NAME_TIME.format(range.from());
        String from = time(range.from());
        String to = time(range.to());
        Stream.of(
                        "create table " + name + " (like " + table + " including all)",
                        "with moved as (delete from " + table + "_default where queued_at >= " + from
                                + " and queued_at < " + to + " returning *) insert into " + name
                                + " select * from moved",
                        "alter table " + table + " attach partition " + name + " for values from (" + from + ") to ("
                                + to + ")")
                .forEach(session::execute);
    }

    private static Optional<Partition> partition(Record row) {
        Matcher bounds = BOUNDS.matcher(row.get(1, String.class));
        return bounds.matches()
                ? Optional.of(new Partition(
                        row.get(0, String.class), new TimeRange(instant(bounds.group(1)), instant(bounds.group(2)))))
                : Optional.empty();
    }

    private static Instant instant(String time) {
        return OffsetDateTime.parse(time.replace(' ', 'T') + "Z").toInstant();
    }

    private static String time(Instant time) {
        return "timestamptz '" + SQL_TIME.format(time) + "+00'";
    }
}
