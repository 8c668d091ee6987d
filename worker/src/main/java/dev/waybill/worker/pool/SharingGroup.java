package dev.waybill.worker.pool;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The connections to one peer that are shared now, those who make more of them, and those who wait.
///
/// Its lock may be held while the pool's is taken, never the other way round.
final class SharingGroup<K, C extends Pooled> {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // ---- guarded by the lock
    /// The oldest one first: it is filled first, so that the surplus of a burst ages out.
    private final List<Member> members = new ArrayList<>();
    private int expected;
    private int visitors;
    private int waiting;
    private int making;
    private int connecting;
    private boolean exclusive;
    private boolean forgotten;
    private long leftAt;

    /// A group about whose connections nothing is known.
    ///
    /// @param expected how many callers a connection probably takes
    SharingGroup(int expected) {
        this.expected = expected;
    }

    /// Somebody comes; false if the group is not used any more.
    boolean enter() {
        lock.lock();
        try {
            visitors += forgotten ? 0 : 1;
            return !forgotten;
        } finally {
            lock.unlock();
        }
    }

    void leave(long now) {
        lock.lock();
        try {
            visitors--;
            leftAt = now;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nobody has come for so long; then nobody does.
    boolean forget(long now, long remembered) {
        lock.lock();
        try {
            forgotten = visitors == 0 && members.isEmpty() && now - leftAt > remembered;
            return forgotten;
        } finally {
            lock.unlock();
        }
    }

    /// A part of a connection, perhaps after waiting for one that is being made; null if the caller is to make one, and
    /// then to say so by [#made] or [#failed].
    ///
    /// @param end of the caller's patience, in nanoseconds of the system's clock
    @Nullable
    Share<K, C> join(long end) throws InterruptedException, SlowPeerException, TimeoutException {
        lock.lock();
        try {
            while (true) {
                for (Member member : members) {
                    if (member.hasRoom()) {
                        return member.join();
                    }
                }
                if (exclusive || waiting >= (long) making * expected) {
                    making++;
                    return null;
                }
                waiting++;
                try {
                    var _ = changed.awaitNanos(left(end));
                } finally {
                    waiting--;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private long left(long end) throws SlowPeerException, TimeoutException {
        long left = end - System.nanoTime();
        if (left > 0) {
            return left;
        }
        if (connecting > 0) {
            throw new SlowPeerException();
        }
        throw new TimeoutException();
    }

    /// Who makes a connection has a place for it now.
    void connecting() {
        lock.lock();
        try {
            connecting++;
        } finally {
            lock.unlock();
        }
    }

    /// Who was to make a connection has one.
    Share<K, C> made(Lease<K, C> lease, C connection, boolean kept) {
        lock.lock();
        try {
            done(true);
            exclusive = !(connection instanceof Shareable);
            if (connection instanceof Shareable shareable) {
                expected = Math.max(1, shareable.capacity());
                Member member = new Member(lease, connection, shareable);
                members.add(member);
                return Share.of(connection, kept, member);
            }
            return Share.exclusive(connection, kept, lease);
        } finally {
            lock.unlock();
        }
    }

    /// Who was to make a connection has none; one of those who wait is next.
    void failed(boolean hadPlace) {
        lock.lock();
        try {
            done(hadPlace);
        } finally {
            lock.unlock();
        }
    }

    private void done(boolean hadPlace) {
        making--;
        connecting -= hadPlace ? 1 : 0;
        changed.signalAll();
    }

    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /// Looks after the connections that are in use.
    void tend() {
        List<Member> all;
        lock.lock();
        try {
            all = List.copyOf(members);
        } finally {
            lock.unlock();
        }
        all.forEach(member -> member.shareable.tend());
    }

    /// A connection that is shared.
    final class Member {

        private final Lease<K, C> lease;
        private final C connection;
        private final Shareable shareable;
        private int users = 1;

        private Member(Lease<K, C> lease, C connection, Shareable shareable) {
            this.lease = lease;
            this.connection = connection;
            this.shareable = shareable;
        }

        private boolean hasRoom() {
            return users < shareable.capacity() && !lease.isOld();
        }

        private Share<K, C> join() {
            users++;
            return Share.of(connection, true, this);
        }

        /// One user less. The last one gives the place back while nobody can miss the connection in between.
        void leave() {
            lock.lock();
            try {
                users--;
                if (users == 0) {
                    members.remove(this);
                    if (shareable.isOver()) {
                        lease.fail();
                    } else {
                        lease.keep(null);
                    }
                    lease.close();
                }
                changed.signal();
            } finally {
                lock.unlock();
            }
        }
    }
}
