package dev.waybill.worker.projector.store;

import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.Connection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one door to Postgres, and the only one who knows that it is reactive behind it: each transaction takes a
/// connection from the pool, subscribes to one statement after the other and waits for each until the transaction's
/// deadline. To be used from virtual threads.
///
/// A connection on which anything failed is closed, never put back: nobody can say what is still under way on it.
public final class Database implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private final ConnectionPool pool;
    private final DatabaseSettings.Bounds bounds;

    public Database(DatabaseSettings settings) {
        this.pool = Connections.pool(settings);
        this.bounds = settings.bounds();
    }

    /// What is done in a transaction.
    @FunctionalInterface
    public interface Work<T> {
        T in(Session session);
    }

    /// Runs the work in one transaction, at most once.
    ///
    /// @throws DatabaseException.Unavailable when it may not have been committed, for a reason that may pass
    /// @throws DatabaseException.Refused when the server refuses a value
    public <T> T transaction(Work<T> work) {
        long now = System.nanoTime();
        long deadline = now + bounds.transaction().toNanos();
        // The pool bounds both steps itself, and names the one that took too long; this is the belt to its braces.
        long acquired = now + 3 * bounds.connect().toNanos();
        Connection connection = R2dbcSession.await(pool.create(), acquired).getFirst();
        boolean sound = false;
        try {
            R2dbcSession.await(connection.beginTransaction(), deadline);
            var session = new R2dbcSession(connection, deadline);
            T result = work.in(session);
            R2dbcSession.await(
                    session.isRollback() ? connection.rollbackTransaction() : connection.commitTransaction(), deadline);
            sound = true;
            return result;
        } finally {
            release(connection, sound);
        }
    }

    /// A thread that was interrupted still gives its connection back.
    private void release(Connection connection, boolean sound) {
        boolean interrupted = Thread.interrupted();
        try {
            giveBack(connection, sound);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void giveBack(Connection connection, boolean sound) {
        long deadline = System.nanoTime() + bounds.connect().toNanos();
        try {
            if (!sound) {
                R2dbcSession.await(Connections.physical(connection).close(), deadline);
            }
        } catch (DatabaseException e) {
            log.debug("A broken connection could not be closed: {}", e.getMessage());
        }
        try {
            R2dbcSession.await(connection.close(), deadline);
        } catch (DatabaseException e) {
            log.debug("A connection could not be given back: {}", e.getMessage());
        }
    }

    /// What the pool holds now.
    public PoolUse use() {
        PoolMetrics metrics = pool.getMetrics().orElseThrow();
        return new PoolUse(
                metrics.acquiredSize(),
                metrics.idleSize(),
                metrics.pendingAcquireSize(),
                metrics.getMaxAllocatedSize());
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
