package dev.waybill.worker.pool;

import dev.waybill.worker.pool.Peer.Idle;
import dev.waybill.worker.pool.Peer.Waiter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/// Connections to many peers, within a bound for each and one for all.
///
/// Of a peer's connections the most recently used one is taken first, so that the surplus of a burst ages out. When
/// all places are taken, the longest idle connection of any peer gives way. When none is idle, callers wait: in order
/// for one peer, in turn between peers, so that a busy peer cannot keep the others out.
///
/// @param <K> what tells peers apart: connections of one key can stand in for each other
public final class Pool<K, C extends Pooled> implements AutoCloseable {

    /// Idle connections that one sweep asks for their health. Each may cost a millisecond of waiting.
    private static final int CHECKED_PER_SWEEP = 500;

    final LongAdder created = new LongAdder();
    final LongAdder reused = new LongAdder();
    final LongAdder broken = new LongAdder();
    final LongAdder evictions = new LongAdder();
    private final LongAdder waits = new LongAdder();
    private final LongAdder waited = new LongAdder();

    private final PoolLimits limits;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock sweeping = new ReentrantLock();

    // ---- guarded by the lock
    private final Places<K, C> places;
    private boolean closed;

    public Pool(PoolLimits limits) {
        this(limits, System::nanoTime);
    }

    /// Makes a pool with a clock of its own.
    ///
    /// @param clock nanoseconds, only forward
    Pool(PoolLimits limits, LongSupplier clock) {
        this.limits = limits;
        this.clock = clock;
        this.places = new Places<>(this);
    }

    PoolLimits limits() {
        return limits;
    }

    long now() {
        return clock.getAsLong();
    }

    /// A place for the caller, who must close it.
    ///
    /// @throws TimeoutException if none became free in time
    /// @throws IOException      if the pool is closed
    public Lease<K, C> lease(K key, Duration timeout) throws InterruptedException, TimeoutException, IOException {
        lock.lock();
        try {
            requireOpen();
            Peer<K, C> peer = places.of(key);
            Lease<K, C> lease = peer.waiting.isEmpty() ? places.take(peer) : null;
            return lease != null ? lease : await(peer, timeout);
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() throws IOException {
        if (closed) {
            throw new IOException("the pool is closed");
        }
    }

    private Lease<K, C> await(Peer<K, C> peer, Duration timeout)
            throws InterruptedException, TimeoutException, IOException {
        long begun = System.nanoTime();
        long left = timeout.toNanos();
        Waiter<K, C> waiter = new Waiter<>(lock.newCondition());
        places.enqueue(peer, waiter);
        try {
            while (waiter.lease == null) {
                requireOpen();
                if (left <= 0) {
                    throw new TimeoutException();
                }
                left = waiter.turn.awaitNanos(left);
            }
            return waiter.lease;
        } catch (InterruptedException e) {
            if (waiter.lease == null) {
                throw e;
            }
            // The place came first; whoever uses it will notice the interrupt.
            Thread.currentThread().interrupt();
            return waiter.lease;
        } finally {
            places.dequeue(peer, waiter);
            waits.increment();
            waited.add(System.nanoTime() - begun);
        }
    }

    /// Takes a place back, with its connection unless that is too old.
    void giveBack(Idle<K, C> kept) {
        if (putBack(kept)) {
            return;
        }
        kept.connection().discard();
        evictions.increment();
        freePlace(kept.peer());
    }

    private boolean putBack(Idle<K, C> kept) {
        lock.lock();
        try {
            if (closed || now() - kept.until() >= 0) {
                return false;
            }
            places.put(kept);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Takes an empty place back, after its connection was closed: no moment has more of them open than places.
    void freePlace(Peer<K, C> peer) {
        lock.lock();
        try {
            places.free(peer);
        } finally {
            lock.unlock();
        }
    }

    void mayConnect(Peer<K, C> peer, Duration patience) throws BackingOffException {
        lock.lock();
        try {
            if (!peer.reconnects.allows(patience, now())) {
                throw new BackingOffException(peer.reconnects.failures());
            }
        } finally {
            lock.unlock();
        }
    }

    void connected(Peer<K, C> peer) {
        lock.lock();
        try {
            peer.reconnects.connected();
        } finally {
            lock.unlock();
        }
    }

    void failed(Peer<K, C> peer, Duration patience, long began) {
        lock.lock();
        try {
            peer.reconnects.failed(patience, began, now());
        } finally {
            lock.unlock();
        }
    }

    /// Closes what is too old, and what the other side has closed. To be called every few seconds; not for a thread
    /// that others depend on, since it waits for connections.
    public void sweep() {
        if (!sweeping.tryLock()) {
            return;
        }
        try {
            long now = now();
            evict(kept -> now - kept.until() >= 0);
            // The longest idle one last: each is put back before those that were checked earlier.
            longestIdle().reversed().forEach(this::check);
        } finally {
            sweeping.unlock();
        }
    }

    private void evict(Predicate<Idle<K, C>> which) {
        List<C> gone = new ArrayList<>();
        lock.lock();
        try {
            places.idle().filter(which).toList().forEach(kept -> gone.add(places.remove(kept)));
            places.forget();
        } finally {
            lock.unlock();
        }
        gone.forEach(Pooled::discard);
    }

    private List<Idle<K, C>> longestIdle() {
        lock.lock();
        try {
            return places.idle().limit(CHECKED_PER_SWEEP).toList();
        } finally {
            lock.unlock();
        }
    }

    /// Takes a connection out, so that nobody else has it, and puts it back into its old place if it is well.
    private void check(Idle<K, C> kept) {
        lock.lock();
        try {
            if (!places.takeOut(kept)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        if (!kept.connection().isUsable(Duration.ofNanos(now() - kept.since()))) {
            kept.connection().discard();
            broken.increment();
            freePlace(kept.peer());
            return;
        }
        boolean late;
        lock.lock();
        try {
            late = closed;
            if (!late) {
                places.putBack(kept);
            }
        } finally {
            lock.unlock();
        }
        if (late) {
            kept.connection().discard();
            freePlace(kept.peer());
        }
    }

    public PoolUse use() {
        lock.lock();
        try {
            return new PoolUse(
                    places.inUse(),
                    places.idling(),
                    places.waiting(),
                    limits.total(),
                    new PoolUse.Totals(
                            created.sum(),
                            reused.sum(),
                            broken.sum(),
                            evictions.sum(),
                            waits.sum(),
                            Duration.ofNanos(waited.sum())));
        } finally {
            lock.unlock();
        }
    }

    /// Closes what is idle, and turns away who waits. What is in use is closed when it is given back.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            places.wakeAll();
        } finally {
            lock.unlock();
        }
        evict(_ -> true);
    }
}
