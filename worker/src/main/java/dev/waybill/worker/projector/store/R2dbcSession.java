package dev.waybill.worker.projector.store;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.R2dbcException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/// A session on one R2DBC connection.
final class R2dbcSession implements Session {

    static {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private final DSLContext dsl;
    private final long deadline;
    private boolean rollback;

    R2dbcSession(Connection connection, long deadline) {
        this.dsl = DSL.using(connection, SQLDialect.POSTGRES);
        this.deadline = deadline;
    }

    @Override
    public int execute(String sql, @Nullable Object... bindings) {
        return await(dsl.query(sql, bindings), deadline).stream()
                .mapToInt(Integer::intValue)
                .sum();
    }

    @Override
    public List<Record> query(String sql, @Nullable Object... bindings) {
        return await(dsl.resultQuery(sql, bindings), deadline);
    }

    @Override
    public void rollback() {
        rollback = true;
    }

    boolean isRollback() {
        return rollback;
    }

    static <T> List<T> await(Publisher<? extends T> publisher, long deadline) {
        try {
            return Awaiting.all(publisher, deadline);
        } catch (TimeoutException e) {
            throw new DatabaseException.Unavailable("Postgres did not answer in time", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException.Unavailable("interrupted while waiting for Postgres", e);
        } catch (Awaiting.Failure e) {
            throw classify(e.error());
        }
    }

    /// Classes 22 (data), 23 (integrity) and 54 (limits) speak of values; everything else may pass, even a missing
    /// table, which a migration brings.
    private static DatabaseException classify(Throwable error) {
        Throwable root = rootOf(error);
        String state = root instanceof R2dbcException r2dbc ? r2dbc.getSqlState() : null;
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        if (speaksOfValues(state)) {
            return new DatabaseException.Refused(state + ": " + message, error);
        }
        return new DatabaseException.Unavailable(
                state == null ? message : state + ": " + message,
                error,
                !isOfThePool(error) && speaksOfConnection(state));
    }

    /// No place or no new connection: that says nothing about those there are.
    private static boolean isOfThePool(Throwable error) {
        for (Throwable e = error; e != null; e = e.getCause()) {
            if (e instanceof Connections.NotConnectedException || e instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    /// Class 08 (connection), and what a server says that ends them (57P: it is shut down, or starts). An error
    /// without a state is the driver's: the connection was closed under it. Any other is an answer, so it works.
    private static boolean speaksOfConnection(@Nullable String state) {
        return state == null || state.startsWith("08") || state.startsWith("57P");
    }

    private static boolean speaksOfValues(@Nullable String state) {
        return state != null && (state.startsWith("22") || state.startsWith("23") || state.startsWith("54"));
    }

    private static Throwable rootOf(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && !(root instanceof R2dbcException r2dbc && r2dbc.getSqlState() != null)) {
            root = root.getCause();
        }
        return root;
    }
}
