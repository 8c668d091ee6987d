package dev.waybill.worker.projector.adopt;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Looks at what another system has left, and changes nothing.
final class Catalogue {

    /// What the migrations make besides the tables of [Shape] and their indexes.
    static final List<String> RESERVED = List.of(
            "default_destination_rules",
            "deliveries",
            "deliveries_default",
            "delivery_logs_default",
            "delivery_attempts",
            "delivery_attempts_default",
            "projection_offsets",
            "projection_quarantine",
            "idx_delivery_destinations_organization_id",
            "idx_default_destinations_org_id",
            "idx_default_destinations_primary",
            "uq_default_destinations_primary",
            "idx_deliveries_organization_id",
            "idx_deliveries_correlation_id",
            "idx_delivery_logs_delivery_id",
            "idx_delivery_logs_destination_id",
            "idx_delivery_logs_organization_id",
            "idx_delivery_logs_status",
            "idx_delivery_logs_queued_at",
            "idx_delivery_logs_correlation_id",
            "idx_delivery_attempts_delivery_id");

    /// People fix what they see and run it again; a list of thousands helps nobody.
    private static final int EXAMPLES_MAX = 20;

    private static final String RELATION =
            "select c.oid from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relname = ?";

    private static final String PLAIN = """
            select c.relkind = 'r' and not c.relispartition and not c.relrowsecurity
              and not exists (select from pg_inherits i where c.oid in (i.inhrelid, i.inhparent))
            from pg_class c where c.oid = ?
            """;

    private static final String COLUMNS = """
            select attname, format_type(atttypid, atttypmod), attnotnull
            from pg_attribute where attrelid = ? and attnum > 0 and not attisdropped order by attnum
            """;

    private static final String KEY = """
            select a.attname from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
            where k.conrelid = ? and k.contype = 'p'
            """;

    private static final String REFERRING = """
            select format('%s refers to it by foreign key', conrelid::regclass)
            from pg_constraint where contype = 'f' and confrelid = ?::oid and not conrelid in (
              select c.oid from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relname = any (?))
            """;

    private static final String VIEWS = """
            select distinct format('the view %s reads it', r.ev_class::regclass)
            from pg_depend d join pg_rewrite r on r.oid = d.objid
            where d.classid = 'pg_rewrite'::regclass and d.refclassid = 'pg_class'::regclass and d.refobjid = ?
              and r.ev_class <> d.refobjid
            """;

    /// Those that fire when a row is moved away.
    private static final String TRIGGERS = """
            select format('its trigger %s fires on delete', tgname)
            from pg_trigger where tgrelid = ? and not tgisinternal and tgtype & 8 <> 0
            """;

    private static final String STATUSES = """
            select coalesce(e.enumlabel, '(no enumeration)') from pg_type t left join pg_enum e on e.enumtypid = t.oid
            where t.typnamespace = current_schema()::regnamespace and t.typname = ? order by e.enumsortorder
            """;

    /// A name is in the way unless it is an index of a table that is set aside.
    private static final String IN_THE_WAY = """
            select c.relname from pg_class c left join pg_index i on i.indexrelid = c.oid
              left join pg_class t on t.oid = i.indrelid
            where c.relnamespace = current_schema()::regnamespace and c.relname = any (?)
              and (t.relname = any (?)) is not true
            order by 1
            """;

    private static final List<String> DATA_OF_DEFAULTS = List.of("""
            select format('organization %s has %s primary default destinations', organization_id, count(*))
            from default_destinations where is_primary group by organization_id having count(*) > 1
            order by organization_id
            """, """
            select format('organization %s has destination %s more than once in default_destinations', organization_id,
              destination_id)
            from default_destinations group by organization_id, destination_id having count(*) > 1
            order by organization_id, destination_id
            """, orphans(Shape.DEFAULTS));

    private static final List<String> DATA_OF_LOGS = List.of(orphans(Shape.LOGS));

    private final Sql sql;

    Catalogue(Sql sql) {
        this.sql = sql;
    }

    private static String orphans(String table) {
        return """
                select format('%s has rows of destination %s, which is not there', '$table', t.destination_id)
                from $table t left join delivery_destinations d on d.id = t.destination_id
                where d.id is null group by t.destination_id order by t.destination_id
                """.replace("$table", table);
    }

    /// Whether the first migration has been here.
    boolean isManaged(String historyTable) throws SQLException {
        if (oid(historyTable).isEmpty()) {
            return false;
        }
        return !sql.texts("select 1 from " + historyTable + " where version = '1' and success")
                .isEmpty();
    }

    boolean has(String relation) throws SQLException {
        return oid(relation).isPresent();
    }

    private Optional<Long> oid(String relation) throws SQLException {
        return sql.query(RELATION, row -> row.getLong(1), relation).stream().findFirst();
    }

    Found found() throws SQLException {
        Map<String, Found.Table> tables = new LinkedHashMap<>();
        for (String name : Shape.TABLES) {
            Optional<Long> oid = oid(name);
            if (oid.isPresent()) {
                tables.put(name, table(name, oid.get()));
            }
        }
        List<String> statuses = sql.texts(STATUSES, Shape.STATUS);
        List<String> names = new ArrayList<>(RESERVED);
        for (String name : Shape.TABLES) {
            names.add(Aside.adopted(name));
        }
        return new Found(
                tables,
                statuses.isEmpty() ? Optional.empty() : Optional.of(statuses),
                sql.texts(IN_THE_WAY, names, Shape.TABLES));
    }

    private Found.Table table(String name, long oid) throws SQLException {
        Map<String, Found.Column> columns = new LinkedHashMap<>();
        sql.query(
                        COLUMNS,
                        row -> Map.entry(row.getString(1), new Found.Column(row.getString(2), row.getBoolean(3))),
                        oid)
                .forEach(column -> columns.put(column.getKey(), column.getValue()));
        List<String> dependents = new ArrayList<>(sql.texts(REFERRING, oid, Shape.TABLES));
        dependents.addAll(sql.texts(VIEWS, oid));
        if (name.equals(Shape.LOGS)) {
            dependents.addAll(sql.texts(TRIGGERS, oid));
        }
        return new Found.Table(
                sql.query(PLAIN, row -> row.getBoolean(1), oid).getFirst(),
                columns,
                sql.texts(KEY, oid),
                dependents.stream().map(one -> name + ": " + one).toList());
    }

    /// What keeps the tables from being adopted: first their shape, then, if that is right, their rows.
    List<String> differences(Found found) throws SQLException {
        List<String> differences = Shape.differences(found);
        if (!differences.isEmpty()) {
            return differences;
        }
        List<String> checks = new ArrayList<>();
        if (found.tables().containsKey(Shape.DEFAULTS)) {
            checks.addAll(DATA_OF_DEFAULTS);
        }
        if (found.tables().containsKey(Shape.LOGS)) {
            checks.addAll(DATA_OF_LOGS);
        }
        for (String check : checks) {
            List<String> some = sql.texts(check + " limit " + (EXAMPLES_MAX + 1));
            differences.addAll(some.subList(0, Math.min(some.size(), EXAMPLES_MAX)));
            if (some.size() > EXAMPLES_MAX) {
                differences.add("and more of this kind");
            }
        }
        return differences;
    }
}
