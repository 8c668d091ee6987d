package dev.waybill.worker.pool;

import dev.waybill.worker.pool.Peer.Idle;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// A place in a pool, for one thread, until it is closed. First [#reuse], and [#connect] if that gives nothing or what
/// it gave turned out to be broken.
public final class Lease<K, C extends Pooled> implements AutoCloseable {

    private final Pool<K, C> pool;
    private final Peer<K, C> peer;
    private @Nullable Idle<K, C> kept;
    private @Nullable C evicted;
    private @Nullable C connection;
    private long created;
    private @Nullable Duration idle;

    Lease(Pool<K, C> pool, Peer<K, C> peer, @Nullable Idle<K, C> kept, @Nullable C evicted) {
        this.pool = pool;
        this.peer = peer;
        this.kept = kept;
        this.evicted = evicted;
    }

    /// How a connection is made.
    @FunctionalInterface
    public interface Opener<C> {
        /// Makes one.
        ///
        /// @throws IOException          if the peer takes none
        /// @throws InterruptedException if the caller gave up; this says nothing about the peer
        C open() throws IOException, InterruptedException;
    }

    /// The connection that was kept here; null if there is none, or none that still works.
    public @Nullable C reuse() {
        Idle<K, C> found = kept;
        kept = null;
        if (found == null) {
            return null;
        }
        long now = pool.now();
        if (now - found.until() >= 0) {
            found.connection().discard();
            pool.evictions.increment();
            return null;
        }
        if (!found.connection().isUsable(Duration.ofNanos(now - found.since()))) {
            found.connection().discard();
            pool.broken.increment();
            return null;
        }
        pool.reused.increment();
        connection = found.connection();
        created = found.created();
        return connection;
    }

    /// Makes a connection, in the stead of what is here.
    ///
    /// @param patience how long the opener waits at most
    /// @throws BackingOffException if the peer is not tried now, because it has failed too often
    public C connect(Duration patience, Opener<C> opener) throws IOException, InterruptedException {
        makeRoom();
        pool.mayConnect(peer, patience);
        long began = pool.now();
        try {
            C made = opener.open();
            connection = made;
            created = pool.now();
            pool.created.increment();
            pool.connected(peer);
            return made;
        } catch (IOException e) {
            pool.failed(peer, patience, began);
            throw e;
        }
    }

    /// What [#reuse] or [#connect] gave, until it failed.
    public @Nullable C connection() {
        return connection;
    }

    /// Whether the connection has reached the age at which it is not to be used again.
    boolean isOld() {
        return pool.now() - created >= pool.limits().maxAge().toNanos();
    }

    private void makeRoom() {
        if (connection != null) {
            fail();
        }
        if (kept != null) {
            kept.connection().discard();
            kept = null;
            pool.evictions.increment();
        }
        closeEvicted();
    }

    private void closeEvicted() {
        if (evicted != null) {
            evicted.discard();
            evicted = null;
        }
    }

    /// The connection failed, and is ended.
    public void fail() {
        if (connection != null) {
            connection.discard();
            connection = null;
            pool.broken.increment();
        }
    }

    /// When this is closed, the connection stays in the pool.
    ///
    /// @param sayso how long the peer keeps it; null if it does not say
    public void keep(@Nullable Duration sayso) {
        Duration longest = pool.limits().idle();
        idle = sayso == null || sayso.compareTo(longest) > 0 ? longest : sayso;
    }

    /// Gives the place back.
    @Override
    public void close() {
        closeEvicted();
        long now = pool.now();
        C last = connection;
        connection = null;
        if (last != null && idle != null) {
            long until =
                    Math.min(idle.toNanos(), created + pool.limits().maxAge().toNanos() - now);
            kept = new Idle<>(peer, last, created, now, now + until);
        } else if (last != null) {
            last.discard();
        }
        if (kept == null) {
            pool.freePlace(peer);
        } else {
            pool.giveBack(kept);
            kept = null;
        }
    }
}
