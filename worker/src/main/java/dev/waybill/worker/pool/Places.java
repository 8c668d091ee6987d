package dev.waybill.worker.pool;

import dev.waybill.worker.pool.Peer.Idle;
import dev.waybill.worker.pool.Peer.Waiter;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The places of a pool: who has one, what is idle in them, who waits. Guarded by the pool's lock; opens and closes
/// nothing.
final class Places<K, C extends Pooled> {

    private final Pool<K, C> pool;
    private final Map<K, Peer<K, C>> peers = new HashMap<>();
    /// The longest idle one first.
    private final SequencedSet<Idle<K, C>> idle = new LinkedHashSet<>();
    /// Peers for which somebody waits although their own bound leaves room, in turn.
    private final SequencedSet<Peer<K, C>> hungry = new LinkedHashSet<>();

    private int open;

    Places(Pool<K, C> pool) {
        this.pool = pool;
    }

    Peer<K, C> of(K key) {
        return peers.computeIfAbsent(key, Peer::new);
    }

    /// A place for one who asks or waits: with an idle connection, or empty, at the cost of somebody else's idle one if
    /// need be; null if there is none.
    @Nullable
    Lease<K, C> take(Peer<K, C> peer) {
        Idle<K, C> kept = peer.idle.pollFirst();
        if (kept != null) {
            idle.remove(kept);
            return new Lease<>(pool, peer, kept, null);
        }
        if (peer.open >= pool.limits().perPeer()) {
            return null;
        }
        C evicted = null;
        if (open >= pool.limits().total()) {
            if (idle.isEmpty()) {
                return null;
            }
            evicted = remove(idle.getFirst());
        }
        peer.open++;
        open++;
        return new Lease<>(pool, peer, null, evicted);
    }

    /// Takes an idle connection and its place away.
    C remove(Idle<K, C> gone) {
        idle.remove(gone);
        gone.peer().idle.removeLastOccurrence(gone);
        leave(gone.peer());
        pool.evictions.increment();
        return gone.connection();
    }

    private void leave(Peer<K, C> peer) {
        peer.open--;
        open--;
        forget(peer);
    }

    private void forget(Peer<K, C> peer) {
        if (peer.isForgotten(pool.now())) {
            peers.remove(peer.key, peer);
        }
    }

    /// Forgets every peer of which there is nothing to remember.
    void forget() {
        peers.values().removeIf(peer -> peer.isForgotten(pool.now()));
    }

    void enqueue(Peer<K, C> peer, Waiter<K, C> waiter) {
        peer.waiting.addLast(waiter);
        serve(peer);
    }

    void dequeue(Peer<K, C> peer, Waiter<K, C> waiter) {
        peer.waiting.remove(waiter);
        if (peer.waiting.isEmpty()) {
            hungry.remove(peer);
            forget(peer);
        }
    }

    /// Takes a connection that was just used.
    void put(Idle<K, C> kept) {
        kept.peer().idle.addFirst(kept);
        idle.addLast(kept);
        serve(kept.peer());
    }

    /// Takes an idle connection out of its place, which stays taken; false if somebody else was quicker.
    boolean takeOut(Idle<K, C> kept) {
        return idle.remove(kept) && kept.peer().idle.removeLastOccurrence(kept);
    }

    /// The opposite: it is again the one that is idle for longest.
    void putBack(Idle<K, C> kept) {
        idle.addFirst(kept);
        kept.peer().idle.addLast(kept);
        serve(kept.peer());
    }

    /// Takes an empty place back.
    void free(Peer<K, C> peer) {
        leave(peer);
        serve(peer);
    }

    /// Gives what is free to those who wait.
    private void serve(Peer<K, C> changed) {
        if (changed.isHungry(pool.limits().perPeer())) {
            hungry.add(changed);
        }
        while (!hungry.isEmpty()) {
            Peer<K, C> first = hungry.getFirst();
            Lease<K, C> lease = take(first);
            if (lease == null) {
                return;
            }
            hungry.removeFirst();
            Waiter<K, C> waiter = first.waiting.removeFirst();
            waiter.lease = lease;
            waiter.turn.signal();
            if (first.isHungry(pool.limits().perPeer())) {
                hungry.addLast(first);
            }
        }
    }

    void wakeAll() {
        peers.values().forEach(peer -> peer.waiting.forEach(waiter -> waiter.turn.signal()));
    }

    /// The longest idle one first.
    Stream<Idle<K, C>> idle() {
        return idle.stream();
    }

    int idling() {
        return idle.size();
    }

    int inUse() {
        return open - idle.size();
    }

    int waiting() {
        return peers.values().stream().mapToInt(peer -> peer.waiting.size()).sum();
    }
}
