package dev.waybill.worker.projector.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `insert … select … from unnest(…)`: any number of rows in one statement, one array per column. Unlike COPY it
/// can meet rows that are there already.
///
/// A column that says the same in every row, as most do, travels as one value and an empty array: unpacking arrays is
/// what such a statement costs more than COPY.
///
/// Arrays travel as [literals][ArrayLiteral], times in them as microseconds, documents as text: cheap to write, and
/// nothing is lost.
final class UnnestInsert<R> {

    /// Of one statement. Its arrays, of 100 KB at most where texts are short, stay below what the garbage collector
    /// takes for humongous, which made it mark the whole heap again and again.
    private static final int ROWS_MAX = 2_000;

    /// @param type of an element
    /// @param expression of the column's value, given where it is
    private record Column<R>(String name, String type, UnaryOperator<String> expression, Element<R> element) {

        String selected() {
            return expression.apply("coalesce(x." + name + ", ?::" + type + ")");
        }

        String array() {
            return "?::" + type + "[]";
        }
    }

    /// Puts a row's value at the end of its column's array.
    @FunctionalInterface
    private interface Element<R> {
        void append(ArrayLiteral literal, R row);
    }

    private final List<Column<R>> columns;
    private final String sql;

    private UnnestInsert(String table, List<Column<R>> columns, String conflict) {
        this.columns = List.copyOf(columns);
        this.sql = "insert into " + table + " as t (" + join(Column::name) + ")\nselect " + join(Column::selected)
                + "\nfrom unnest(" + join(Column::array) + ")\nas x(" + join(Column::name) + ")\n" + conflict;
    }

    static <R> Builder<R> into(String table) {
        return new Builder<>(table);
    }

    /// Rows must not repeat a key. Returns the number of rows inserted or updated.
    int write(Session session, Collection<R> rows) {
        List<R> all = List.copyOf(rows);
        int written = 0;
        for (int from = 0; from < all.size(); from += ROWS_MAX) {
            written += session.execute(sql, bindings(all.subList(from, Math.min(from + ROWS_MAX, all.size()))));
        }
        return written;
    }

    /// For an insert that ends with `returning`: the first column of each row that was inserted or updated.
    List<@Nullable Object> returning(Session session, Collection<R> rows) {
        return rows.isEmpty()
                ? List.of()
                : session.query(sql, bindings(List.copyOf(rows))).stream()
                        .map(row -> row.get(0))
                        .toList();
    }

    /// First what all rows share of each column, then the arrays. The first column is always an array, so that there
    /// are as many rows as there should be.
    private @Nullable Object[] bindings(List<R> rows) {
        var bindings = new @Nullable Object[2 * columns.size()];
        for (int i = 0; i < columns.size(); i++) {
            Element<R> element = columns.get(i).element();
            var literal = new ArrayLiteral(rows.size(), i > 0);
            for (R row : rows) {
                element.append(literal, row);
            }
            bindings[i] = literal.shared();
            bindings[columns.size() + i] = literal.end();
        }
        return bindings;
    }

    private String join(Function<Column<R>, String> part) {
        return columns.stream().map(part).collect(Collectors.joining(", "));
    }

    /// Columns in the order of the table.
    static final class Builder<R> {

        private final String table;
        private final List<Column<R>> columns = new ArrayList<>();

        private Builder(String table) {
            this.table = table;
        }

        Builder<R> uuid(String name, Function<R, @Nullable UUID> value) {
            return add(name, "uuid", (literal, row) -> literal.plain(value.apply(row)));
        }

        Builder<R> text(String name, Function<R, @Nullable String> value) {
            return add(name, "text", (literal, row) -> literal.text(value.apply(row)));
        }

        /// Text that the database reads as another type.
        Builder<R> textAs(String type, String name, Function<R, @Nullable String> value) {
            return add(
                    name,
                    "text",
                    reference -> reference + "::" + type,
                    (literal, row) -> literal.text(value.apply(row)));
        }

        Builder<R> integer(String name, Function<R, @Nullable Integer> value) {
            return add(name, "int4", (literal, row) -> literal.plain(value.apply(row)));
        }

        Builder<R> bigint(String name, Function<R, @Nullable Long> value) {
            return add(name, "int8", (literal, row) -> literal.plain(value.apply(row)));
        }

        Builder<R> bool(String name, Function<R, @Nullable Boolean> value) {
            return add(name, "bool", (literal, row) -> literal.plain(value.apply(row)));
        }

        Builder<R> time(String name, Function<R, @Nullable Instant> value) {
            return add(name, "int8", Times::fromMicros, (literal, row) -> {
                Instant time = value.apply(row);
                if (time == null) {
                    literal.plain(null);
                } else {
                    literal.number(Times.toMicros(time));
                }
            });
        }

        private Builder<R> add(String name, String type, Element<R> element) {
            return add(name, type, UnaryOperator.identity(), element);
        }

        private Builder<R> add(String name, String type, UnaryOperator<String> expression, Element<R> element) {
            columns.add(new Column<>(name, type, expression, element));
            return this;
        }

        /// What to do with a row that is there already.
        UnnestInsert<R> onConflict(String conflict) {
            return new UnnestInsert<>(table, columns, conflict);
        }
    }

    /// Instants as the database keeps them.
    static final class Times {

        private static final long MICROS_PER_SECOND = 1_000_000;
        private static final int NANOS_PER_MICRO = 1_000;

        private Times() {}

        static long toMicros(Instant time) {
            return time.getEpochSecond() * MICROS_PER_SECOND + time.getNano() / NANOS_PER_MICRO;
        }

        static String fromMicros(String expression) {
            return "timestamptz 'epoch' + " + expression + " * interval '1 microsecond'";
        }
    }
}
