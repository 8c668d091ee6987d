package dev.waybill.worker.pool;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Lets several callers use one connection of a pool, where it turns out to be [Shareable]. A shared connection has one
/// place in the pool for as long as anybody uses it, and lies there idle afterwards, like any other.
///
/// While somebody makes a connection to a peer, as many others wait for it as it may take, instead of making their own.
/// A peer whose connections are not for sharing is known after the first one, and nobody waits any more. When all
/// connections to a peer are full, another one is made.
public final class Sharing<K, C extends Pooled> {

    /// What is expected of a connection before the first one has said what it takes.
    private static final int EXPECTED = 100;

    /// How long it is remembered whether a peer's connections can be shared, when nobody asks for one.
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private final Pool<K, C> pool;
    private final ConcurrentHashMap<K, SharingGroup<K, C>> groups = new ConcurrentHashMap<>();
    private final LongAdder joined = new LongAdder();

    public Sharing(Pool<K, C> pool) {
        this.pool = pool;
    }

    /// A connection for the caller, who must close the share.
    ///
    /// @param patience how long to wait; the opener keeps to what is left of it
    /// @throws TimeoutException  if no place for a connection became free
    /// @throws SlowPeerException if somebody else was still making one
    /// @throws IOException       if none can be made, or the pool is closed
    public Share<K, C> take(K key, Duration patience, Lease.Opener<C> opener)
            throws IOException, InterruptedException, TimeoutException {
        long end = System.nanoTime() + patience.toNanos();
        SharingGroup<K, C> group = enter(key);
        try {
            Share<K, C> share = group.join(end);
            if (share != null) {
                joined.increment();
                return share;
            }
            return make(group, key, patience, end, opener);
        } finally {
            group.leave(pool.now());
        }
    }

    private SharingGroup<K, C> enter(K key) {
        while (true) {
            SharingGroup<K, C> group = groups.computeIfAbsent(key, _ -> new SharingGroup<>(EXPECTED));
            if (group.enter()) {
                return group;
            }
            groups.remove(key, group);
        }
    }

    private Share<K, C> make(SharingGroup<K, C> group, K key, Duration patience, long end, Lease.Opener<C> opener)
            throws IOException, InterruptedException, TimeoutException {
        Lease<K, C> lease = null;
        Share<K, C> share = null;
        try {
            lease = pool.lease(key, left(end));
            group.connecting();
            C kept = lease.reuse();
            // By the patience they came with all are equal: what one of them has left tells nothing about the peer.
            C connection = kept != null ? kept : lease.connect(patience, opener);
            share = group.made(lease, connection, kept != null);
            return share;
        } finally {
            if (share == null) {
                giveUp(group, lease);
            }
        }
    }

    private static <K, C extends Pooled> void giveUp(SharingGroup<K, C> group, @Nullable Lease<K, C> lease) {
        if (lease != null) {
            lease.close();
        }
        group.failed(lease != null);
    }

    private static Duration left(long end) {
        return Duration.ofNanos(Math.max(1, end - System.nanoTime()));
    }

    /// Looks after the connections in use, as [Pool#sweep] does after the idle ones.
    public void sweep() {
        groups.forEach((key, group) -> {
            group.tend();
            if (group.forget(pool.now(), REMEMBERED.toNanos())) {
                groups.remove(key, group);
            }
        });
    }

    /// What the pool holds, with those who share or wait to.
    public PoolUse use() {
        PoolUse use = pool.use();
        int waiting = 0;
        for (SharingGroup<K, C> group : groups.values()) {
            waiting += group.waiting();
        }
        PoolUse.Totals totals = use.totals();
        return new PoolUse(
                use.inUse(),
                use.idle(),
                use.waiting() + waiting,
                use.max(),
                new PoolUse.Totals(
                        totals.created(),
                        totals.reused() + joined.sum(),
                        totals.broken(),
                        totals.evicted(),
                        totals.waits(),
                        totals.waited()));
    }
}
