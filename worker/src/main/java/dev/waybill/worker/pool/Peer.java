package dev.waybill.worker.pool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.concurrent.locks.Condition;
import org.jspecify.annotations.Nullable;

/// One peer's share of a pool. Guarded by the pool's lock.
final class Peer<K, C extends Pooled> {

    final K key;
    /// The most recently used one first.
    final Deque<Idle<K, C>> idle = new ArrayDeque<>();
    final SequencedSet<Waiter<K, C>> waiting = new LinkedHashSet<>();
    final Reconnects reconnects = new Reconnects();
    /// Places it has, with a connection in them or without.
    int open;

    Peer(K key) {
        this.key = key;
    }

    /// Whether somebody waits here for whom the peer's own bound leaves room.
    boolean isHungry(int perPeer) {
        return !waiting.isEmpty() && (!idle.isEmpty() || open < perPeer);
    }

    boolean isForgotten(long now) {
        return open == 0 && waiting.isEmpty() && reconnects.isForgotten(now);
    }

    /// A connection that nobody uses.
    ///
    /// @param created when it was made
    /// @param since   when it was last used
    /// @param until   when it is to be closed
    record Idle<K, C extends Pooled>(Peer<K, C> peer, C connection, long created, long since, long until) {

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /// Somebody who waits for a place.
    static final class Waiter<K, C extends Pooled> {

        final Condition turn;

        @Nullable
        Lease<K, C> lease;

        Waiter(Condition turn) {
            this.turn = turn;
        }
    }
}
