package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.RateLimit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The tasks of one destination: those that run, those that may, and those that are not due yet. Guarded by the lock
/// of [Lanes].
final class Lane {

    /// A task that is sent away comes back after at least this, the shortest retry delay by default.
    static final Duration OVERFLOW_MIN = Duration.ofSeconds(1);

    /// And after at most this, the longest one: by then the rate that was measured says nothing any more.
    static final Duration OVERFLOW_MAX = Duration.ofHours(1);

    private final UUID destination;
    private final RateMeter endings;
    private final Deque<Work> ready = new ArrayDeque<>();
    private final PriorityQueue<Work> waiting = new PriorityQueue<>(Comparator.comparing(Lane::dueAt));
    private Policy policy;
    private @Nullable TokenBucket bucket;
    private int running;
    private Instant roomAt;
    private Instant lastUsed;

    /// Whether the lane stands in the line of lanes that want a slot; kept by [Lanes].
    boolean inLine;

    /// When the lane's alarm goes off; kept by [Lanes].
    @Nullable
    Instant alarmAt;

    Lane(UUID destination, Policy policy, Instant now) {
        this.destination = destination;
        this.policy = policy;
        this.endings = new RateMeter(now);
        this.roomAt = now;
        this.lastUsed = now;
    }

    UUID destination() {
        return destination;
    }

    int held() {
        return running + ready.size() + waiting.size();
    }

    int running() {
        return running;
    }

    boolean hasReady() {
        return !ready.isEmpty();
    }

    void add(Work work, Instant now) {
        lastUsed = now;
        policy = work.destination().policy();
        Instant due = work.task().route().dueAt();
        if (due != null && due.isAfter(now)) {
            waiting.add(work);
        } else {
            ready.add(work);
        }
    }

    /// Moves what has become due to the ready ones.
    void wake(Instant now) {
        for (Work next = waiting.peek(); next != null && !dueAt(next).isAfter(now); next = waiting.peek()) {
            ready.add(waiting.remove());
        }
    }

    /// When [#wake] or a token of the rate limit will have something to do; null if nothing waits for time.
    @Nullable
    Instant nextWake(Instant now) {
        Instant due = waiting.isEmpty() ? null : dueAt(waiting.peek());
        if (ready.isEmpty() || running >= policy.concurrency()) {
            return due;
        }
        TokenBucket tokens = bucket(now);
        Instant token = tokens == null ? null : tokens.nextAt(now);
        if (due == null || token == null) {
            return due == null ? token : due;
        }
        return due.isBefore(token) ? due : token;
    }

    /// The next task to run, if the destination's own limits allow one more.
    @Nullable
    Work start(Instant now) {
        if (ready.isEmpty() || running >= policy.concurrency()) {
            return null;
        }
        TokenBucket tokens = bucket(now);
        if (tokens != null && !tokens.tryTake(now)) {
            return null;
        }
        running++;
        return ready.remove();
    }

    void ended(Instant now) {
        running--;
        lastUsed = now;
        endings.mark(now);
    }

    /// When a task that finds no room may come back: each one sent away moves it on by what the destination takes for
    /// one, as measured.
    Instant overflowUntil(Instant now) {
        double perSecond = Math.max(endings.perSecond(now), slowestRate());
        Duration each = Duration.ofNanos((long) (1e9 / perSecond));
        Instant lanesOwn = now.plus(each.multipliedBy(ready.size()));
        Instant room = roomAt.isAfter(lanesOwn) ? roomAt : lanesOwn;
        Instant earliest = now.plus(OVERFLOW_MIN);
        Instant latest = now.plus(OVERFLOW_MAX);
        Instant due = room.isBefore(earliest) ? earliest : room.isAfter(latest) ? latest : room;
        roomAt = due.plus(each);
        return due;
    }

    /// What a destination manages if every attempt takes as long as it may.
    private double slowestRate() {
        return policy.concurrency() / (policy.totalTimeout().toMillis() / 1e3);
    }

    /// Takes out what has not started and matches.
    List<Work> drop(Predicate<Work> which) {
        List<Work> dropped = new ArrayList<>();
        for (Iterable<Work> queue : List.of(ready, waiting)) {
            for (Iterator<Work> works = queue.iterator(); works.hasNext(); ) {
                Work work = works.next();
                if (which.test(work)) {
                    works.remove();
                    dropped.add(work);
                }
            }
        }
        return dropped;
    }

    boolean isIdleSince(Instant before) {
        return held() == 0 && lastUsed.isBefore(before);
    }

    private @Nullable TokenBucket bucket(Instant now) {
        RateLimit limit = policy.rateLimit();
        if (limit == null) {
            bucket = null;
        } else if (bucket == null || !bucket.limit().equals(limit)) {
            bucket = new TokenBucket(limit, now);
        }
        return bucket;
    }

    private static Instant dueAt(Work work) {
        Instant due = work.task().route().dueAt();
        return due == null ? Instant.MIN : due;
    }
}
