package dev.waybill.worker.projector.store;

import dev.waybill.worker.pool.PoolUse;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.Connection;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one door to Postgres, and the only one who knows that it is reactive behind it: each transaction takes a
/// connection from the pool, subscribes to one statement after the other and waits for each until the transaction's
/// deadline. To be used from virtual threads.
///
/// A connection on which anything failed is closed, never put back: nobody can say what is still under way on it.
public final class Database implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private final Connections connections;
    private final ConnectionPool pool;
    private final DatabaseSettings.Bounds bounds;
    private final Borrowers borrowers;
    private final LongAdder borrowed = new LongAdder();
    private final LongAdder broken = new LongAdder();
    private final LongAdder waits = new LongAdder();
    private final LongAdder waited = new LongAdder();

    public Database(DatabaseSettings settings) {
        this.connections = new Connections(settings);
        this.pool = connections.pool();
        this.bounds = settings.bounds();
        // Twice what a transaction may take: whoever is within its deadline is never told of.
        this.borrowers = new Borrowers(bounds.transaction().multipliedBy(2));
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
        long deadline = System.nanoTime() + bounds.transaction().toNanos();
        Connection connection = acquire();
        Borrowers.Borrower borrower = borrowers.borrow();
        boolean sound = false;
        try {
            R2dbcSession.await(connection.beginTransaction(), deadline);
            var session = new R2dbcSession(connection, deadline);
            T result = work.in(session);
            R2dbcSession.await(
                    session.isRollback() ? connection.rollbackTransaction() : connection.commitTransaction(), deadline);
            sound = true;
            return result;
        } catch (DatabaseException.Unavailable e) {
            connections.suspect();
            throw e;
        } finally {
            borrowers.giveBack(borrower);
            release(connection, sound);
        }
    }

    /// A connection that has just answered. One that does not is followed by a new one: nothing was sent on it.
    private Connection acquire() {
        PoolMetrics before = pool.getMetrics().orElseThrow();
        boolean full = before.acquiredSize() >= before.getMaxAllocatedSize();
        long begun = System.nanoTime();
        try {
            return acquireOnce();
        } catch (DatabaseException.Unavailable e) {
            connections.suspect();
            boolean quick = System.nanoTime() - begun < bounds.connect().toNanos();
            if (!quick || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return acquireOnce();
        } finally {
            if (full) {
                waits.increment();
                waited.add(System.nanoTime() - begun);
            }
        }
    }

    private Connection acquireOnce() {
        // The pool bounds both steps itself, and names the one that took too long; this is the belt to its braces.
        Connection connection = R2dbcSession.await(
                        pool.create(), System.nanoTime() + 3 * bounds.connect().toNanos())
                .getFirst();
        borrowed.increment();
        return connection;
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
                broken.increment();
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
        long created = connections.created();
        long gone = created - metrics.allocatedSize();
        return new PoolUse(
                metrics.acquiredSize(),
                metrics.idleSize(),
                metrics.pendingAcquireSize(),
                metrics.getMaxAllocatedSize(),
                new PoolUse.Totals(
                        created,
                        Math.max(0, borrowed.sum() - created),
                        broken.sum(),
                        Math.max(0, gone - broken.sum()),
                        waits.sum(),
                        Duration.ofNanos(waited.sum())));
    }

    @Override
    public void close() {
        borrowers.close();
        pool.dispose();
    }
}
