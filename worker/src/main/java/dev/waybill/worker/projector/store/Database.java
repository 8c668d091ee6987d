package dev.waybill.worker.projector.store;

import dev.waybill.worker.pool.PoolUse;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.PoolMetrics;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ValidationDepth;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
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
        this(settings, new ForwardClock(System::nanoTime));
    }

    Database(DatabaseSettings settings, Clock clock) {
        this.connections = new Connections(settings, clock);
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
            if (e.isConnectionLost()) {
                connections.suspect();
            }
            throw e;
        } finally {
            borrowers.giveBack(borrower);
            release(connection, sound);
        }
    }

    /// A connection that has just answered. One that does not is followed by another one, once: nothing was sent on
    /// it, and all of its age are given up, so that the next is a new one.
    private Connection acquire() {
        Connection first = acquireAnswering();
        if (first != null) {
            return first;
        }
        connections.suspect();
        Connection second = acquireAnswering();
        if (second != null) {
            return second;
        }
        throw new DatabaseException.Unavailable("Postgres does not answer on a new connection", null);
    }

    /// A connection that has just answered; null if the one that was there did not.
    private @Nullable Connection acquireAnswering() {
        try {
            Connection connection = acquireOnce();
            return answers(connection) ? connection : null;
        } catch (DatabaseException.Unavailable e) {
            if (e.isConnectionLost()) {
                return null;
            }
            throw e;
        }
    }

    /// Waits for a place and, where none is idle, for a connection to be made. That either takes too long or fails says
    /// nothing about the connections there are.
    private Connection acquireOnce() {
        PoolMetrics before = pool.getMetrics().orElseThrow();
        boolean full = before.acquiredSize() >= before.getMaxAllocatedSize();
        long begun = System.nanoTime();
        try {
            // The pool bounds both steps itself, and names the one that took too long; this is the belt to its braces.
            return R2dbcSession.await(
                            pool.create(), begun + 3 * bounds.connect().toNanos())
                    .getFirst();
        } finally {
            if (full) {
                waits.increment();
                waited.add(System.nanoTime() - begun);
            }
        }
    }

    /// A round trip, so that a half-open connection costs a moment and not a transaction's deadline. One that does not
    /// answer is closed.
    private boolean answers(Connection connection) {
        boolean sound = false;
        try {
            long deadline = System.nanoTime() + bounds.connect().dividedBy(2).toNanos();
            sound = R2dbcSession.await(connection.validate(ValidationDepth.REMOTE), deadline)
                    .equals(List.of(true));
        } catch (DatabaseException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            log.debug("A connection did not answer: {}", e.getMessage());
        } finally {
            if (sound) {
                borrowed.increment();
            } else {
                release(connection, false);
            }
        }
        return sound;
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
