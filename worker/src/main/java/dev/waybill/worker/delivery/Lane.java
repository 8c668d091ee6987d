package dev.waybill.worker.delivery;

import dev.waybill.topology.policy.Policy;
import dev.waybill.topology.policy.RateLimit;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// The tasks of one destination: those that run, those that may, and those that are not due yet. Guarded by the
/// lock of [Lanes]. Times are nanoseconds of a clock that only goes forward, so that a step of the wall clock
/// holds up nothing.
final class Lane {

    /// A task that is sent away comes back after at least this, the shortest retry delay by default.
    static final Duration OVERFLOW_MIN = Duration.ofSeconds(1);

    /// And after at most this, the longest one: by then the rate that was measured says nothing any more.
    static final Duration OVERFLOW_MAX = Duration.ofHours(1);

    /// A lane that has been at work for less than this is taken to be a fast one.
    static final Duration TRUSTED_FOR = Duration.ofSeconds(1);

    /// How long an attempt takes on a destination that is taken to be fast.
    private static final Duration FAST_ATTEMPT = Duration.ofMillis(100);

    /// How long nothing may come to a destination whose time is over until its connection is tested instead.
    static final Duration TEST_AFTER = Duration.ofSeconds(2);

    /// A task that may start, but has not for so long, waits elsewhere: it would keep what its partition has
    /// done from being deleted, and hold room that others could use.
    static final Duration HELD_MAX = Duration.ofMinutes(1);

    private record Waiting(Work work, long due) {}

    /// By [#workTime].
    private RateMeter endings;

    private long idleTime;
    private long lastEnded;
    private final long number;
    private final Organization organization;
    private final ReadyTasks firstAttempts = new ReadyTasks();
    private final ReadyTasks retries = new ReadyTasks();
    private final PriorityQueue<Waiting> waiting =
            new PriorityQueue<>((one, other) -> Long.signum(one.due() - other.due()));
    private Policy policy;
    private @Nullable TokenBucket bucket;
    private ConcurrencyLimit concurrency;
    private Breaker breaker;
    private BatchSize batchSize = new BatchSize();
    private TopicPartition partition;
    private int epoch;
    private int running;
    /// Tasks of the calls that run.
    private int runningTasks;
    /// Of all that is held.
    private long bytes;
    private final InstantSource wall;
    private long roomAt;
    private long lastUsed;
    private boolean retryWasLast;

    /// Where the lane stands among those that want a slot; kept by [Line].
    Line.Place place = Line.Place.NOWHERE;

    /// How many slots must be free before a lane that is held back may have one more; kept by [Line].
    int freeNeeded;

    /// When the lane's alarm goes off; kept by [Lanes].
    @Nullable
    Long alarmAt;

    /// Whether [Lanes] has it among those whose connection is tested.
    boolean isTested;

    /// Whether [Lanes] has it among those whose health is to be told.
    boolean isToTell;

    /// @param number       tells lanes apart
    /// @param organization its destination's
    /// @param first        its first task
    /// @param spent        what is left of its rate limit; null if that is not known
    /// @param wall         tells how long a breaker that was open is to stay so
    Lane(
            long number,
            Organization organization,
            Work first,
            @Nullable TokenBucket spent,
            InstantSource wall,
            long now) {
        this.number = number;
        this.organization = organization;
        this.bucket = spent;
        this.wall = wall;
        this.policy = first.destination().policy();
        this.concurrency = new ConcurrencyLimit(policy.concurrency());
        this.breaker = new Breaker(first.destination(), first.task().health(), wall.instant(), now);
        this.partition = first.partition();
        this.epoch = first.epoch();
        this.endings = new RateMeter(now);
        this.roomAt = now;
        this.lastUsed = now;
        this.lastEnded = now;
    }

    long number() {
        return number;
    }

    Organization organization() {
        return organization;
    }

    int held() {
        return runningTasks + ready() + waiting.size();
    }

    /// Whether it may hold one more task.
    boolean hasRoom(Share share, Room room) {
        return share.allows(held(), room.tasks()) && share.allows(bytes, room.bytes());
    }

    private int ready() {
        return firstAttempts.size() + retries.size();
    }

    /// Calls that run: a batch is one.
    int running() {
        return running;
    }

    boolean hasReady() {
        return ready() > 0;
    }

    boolean hasFirstAttempt() {
        return !firstAttempts.isEmpty();
    }

    /// Looks at a task that comes. What was known of the destination holds as long as its partition stays and it
    /// is not changed; what an earlier owner knew comes with the task.
    void meet(Work work, long now) {
        if (work.epoch() != epoch || !work.partition().equals(partition)) {
            partition = work.partition();
            epoch = work.epoch();
            breaker = new Breaker(work.destination(), work.task().health(), wall.instant(), now);
            bucket = null;
        } else if (breaker.givesWayTo(work.destination(), now)) {
            breaker = new Breaker(work.destination(), breaker.told(), wall.instant(), now);
            batchSize = new BatchSize();
        }
        policy = work.destination().policy();
        if (!concurrency.bounds().equals(policy.concurrency())) {
            concurrency = new ConcurrencyLimit(policy.concurrency());
        }
    }

    /// Whether the destination is left alone for now.
    boolean isShut(long now) {
        return breaker.lets(now) == 0;
    }

    /// How many attempts may run at the same time.
    private int limit(long now) {
        return Math.min(concurrency.current(), breaker.lets(now));
    }

    Breaker breaker() {
        return breaker;
    }

    /// Takes a task that is due after so long, or has been due if that is not positive.
    void add(Work work, Duration untilDue, long now) {
        lastUsed = now;
        bytes += work.size();
        organization.take(work);
        if (untilDue.isPositive()) {
            waiting.add(new Waiting(work, now + untilDue.toNanos()));
        } else {
            enqueue(work, now);
        }
    }

    private void enqueue(Work work, long now) {
        if (!isAtWork()) {
            goToWork(now);
        }
        (work.isRetry() ? retries : firstAttempts).add(work, now);
    }

    private boolean isAtWork() {
        return runningTasks + ready() > 0;
    }

    /// While nothing ended because there was nothing to do, time tells nothing about the destination, and after a while
    /// what it was like before tells nothing either.
    private void goToWork(long now) {
        long idle = Math.max(0, now - lastEnded);
        if (idle > RateMeter.MEMORY.toNanos()) {
            idleTime = 0;
            endings = new RateMeter(now);
        } else {
            idleTime += idle;
        }
    }

    /// The clock of what is measured, which stands still while there is nothing to do.
    private long workTime(long now) {
        return (isAtWork() ? now : lastEnded) - idleTime;
    }

    /// What gathers leaves with what there is: no more may come.
    ///
    /// @return whether anything waited for more
    boolean hurry() {
        boolean first = firstAttempts.hurry();
        return retries.hurry() || first;
    }

    /// Moves what has become due to the ready ones.
    void wake(long now) {
        while (!waiting.isEmpty() && waiting.element().due() - now <= 0) {
            enqueue(waiting.remove().work(), now);
        }
    }

    /// When a task becomes due, a batch has waited long enough, the rate limit has a token for a lane
    /// that left the line for want of one, or a lane that nothing comes to is to be tested; null if
    /// nothing waits for time.
    @Nullable
    Long nextWake(long now) {
        Long due = waiting.isEmpty() ? null : (Long) waiting.element().due();
        Long test = testAt();
        if (due == null && test != null && test - now > 0) {
            return test;
        }
        if (place != Line.Place.NOWHERE || !hasReady() || running >= limit(now)) {
            return due;
        }
        return earlier(due, earlier(leavesAt(firstAttempts, now), leavesAt(retries, now)));
    }

    /// When the next of them may leave by its own limits and the rate limit's; null if that is not a
    /// matter of time.
    private @Nullable Long leavesAt(ReadyTasks tasks, long now) {
        Long ready = tasks.leavesAt(batchSize, now);
        if (ready == null) {
            return null;
        }
        TokenBucket tokens = bucket(now);
        long token = tokens == null ? now : tokens.nextAt(now);
        long at = ready - token > 0 ? ready : token;
        return at - now > 0 ? (Long) at : null;
    }

    private static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one - other <= 0 ? one : other;
    }

    /// What to make the next call for, if the destination's own limits allow one more. First attempts and
    /// retries take turns, so that neither waits for all of the other.
    ///
    /// @param retriesToo whether it may be a retry
    @Nullable
    Call start(boolean retriesToo, long now) {
        if (running >= limit(now)) {
            return null;
        }
        boolean first = firstAttempts.mayLeave(batchSize, now);
        boolean retry = retriesToo && retries.mayLeave(batchSize, now) && (!first || !retryWasLast);
        if (!first && !retry) {
            return null;
        }
        TokenBucket tokens = bucket(now);
        if (tokens != null && !tokens.tryTake(now)) {
            return null;
        }
        Call call = new Call((retry ? retries : firstAttempts).take(batchSize, now));
        running++;
        organization.running++;
        runningTasks += call.works().size();
        retryWasLast = retry;
        return call;
    }

    /// A call of the lane ended. What is to go again does so from here.
    ///
    /// @param observed what it saw; null if none was made, or it was refused
    /// @param split    how it goes again; null if it does not
    /// @return whether the lane, which is left alone from now on, holds something
    boolean ended(Call call, @Nullable Observed observed, @Nullable Split split, long now) {
        boolean evicts = concluded(call, observed, split, now);
        running--;
        return evicts;
    }

    /// Nobody waits for a call of the lane any more. It counts as one that runs until [#returned], so that a
    /// destination where all of them hang is not called again and again.
    ///
    /// @return as [#ended]
    boolean writtenOff(Call call, Observed observed, long now) {
        return concluded(call, observed, null, now);
    }

    /// A call that was written off has ended after all.
    void returned() {
        running--;
    }

    private boolean concluded(Call call, @Nullable Observed observed, @Nullable Split split, long now) {
        boolean wasShut = isShut(now);
        Work first = call.first();
        if (observed != null) {
            concurrency.ended(observed, running);
            if (first.epoch() == epoch
                    && first.partition().equals(partition)
                    && first.destination().isSameVersion(breaker.destination())) {
                breaker.judge(observed, now);
            }
        }
        batchSize.ended(
                call.works(), observed, split, first.destination().policy().totalTimeout());
        organization.running--;
        runningTasks -= call.works().size();
        lastUsed = now;
        lastEnded = now;
        List<List<Work>> parts = split == null || call.isDropped() ? List.of() : split.parts();
        Set<Work> again = parts.stream().flatMap(List::stream).collect(Collectors.toSet());
        for (Work work : call.works()) {
            if (!again.contains(work)) {
                endings.mark(now - idleTime);
                bytes -= work.size();
                organization.ended(work, now);
            }
        }
        ReadyTasks tasks = call.isRetry() ? retries : firstAttempts;
        parts.forEach(part -> tasks.addAgain(part, now));
        return isShut(now) && (!wasShut || !parts.isEmpty());
    }

    /// Takes out all that has not started.
    List<Work> evict() {
        List<Work> all = new ArrayList<>();
        all.addAll(firstAttempts.remove((_, _) -> true));
        all.addAll(retries.remove((_, _) -> true));
        all.addAll(removeWaiting(_ -> true));
        return letGo(all);
    }

    /// Takes out what has been ready for too long.
    List<Work> evictStuck(long now) {
        ReadyTasks.Which stuck = (_, since) -> now - since >= HELD_MAX.toNanos();
        List<Work> all = new ArrayList<>();
        all.addAll(firstAttempts.remove(stuck));
        all.addAll(retries.remove(stuck));
        return letGo(all);
    }

    /// When its destination's connection is to be tested, if nothing comes until then; null if it need not be.
    @Nullable
    Long testAt() {
        Long over = breaker.opensAt();
        return over == null ? null : (Long) (over + TEST_AFTER.toNanos());
    }

    /// Whether nothing has come that would show how the destination is.
    boolean wantsTest(long now) {
        return !isTested && held() == 0 && breaker.isUntried(now) && now - lastUsed < Lanes.IDLE_MAX.toNanos();
    }

    HealthChange tellHealth() {
        Breaker.HealthTold change = breaker.tell();
        return new HealthChange(partition, epoch, change.before(), change.now());
    }

    /// How long a task may stay away that is not held here. One that can go elsewhere comes back soon, when the
    /// router has heard why it is not held.
    Duration away(Work work, long now) {
        if (!isShut(now)) {
            return overflow(now);
        }
        if (breaker.isDisabled() || work.task().route().hasNext()) {
            return OVERFLOW_MIN;
        }
        Long until = breaker.opensAt();
        roomAt = until == null || roomAt - until > 0 ? roomAt : until;
        return overflow(now);
    }

    /// How long a task that finds no room may stay away: each one sent away adds what the destination takes for
    /// one, as measured.
    Duration overflow(long now) {
        long each = (long) (1e9 / expectedRate(now));
        TokenBucket tokens = bucket(now);
        long token = tokens == null ? 0 : tokens.nextAt(now) - now;
        long room = Math.max(Math.max(roomAt - now, token), each * ready());
        long wait = Math.clamp(room, OVERFLOW_MIN.toNanos(), OVERFLOW_MAX.toNanos());
        roomAt = now + wait + each;
        return Duration.ofNanos(wait);
    }

    /// Attempts per second: as measured, but no fewer than if each took as long as it may, and no more than
    /// allowed. What cannot be measured yet is taken to be fast: too short a stay costs another turn, too
    /// long a one costs hours.
    private double expectedRate(long now) {
        boolean known = endings.age(workTime(now)).compareTo(TRUSTED_FOR) >= 0;
        Duration attempt = known ? policy.totalTimeout() : FAST_ATTEMPT;
        double slowest = concurrency.current() / (attempt.toNanos() / 1e9);
        double measured = Math.max(endings.perSecond(workTime(now)), slowest);
        RateLimit limit = policy.rateLimit();
        return limit == null
                ? measured
                : Math.min(measured, limit.permits() / (limit.period().toNanos() / 1e9));
    }

    /// Takes out what has not started and matches.
    void drop(Predicate<Work> which) {
        letGo(firstAttempts.remove((work, _) -> which.test(work)));
        letGo(retries.remove((work, _) -> which.test(work)));
        letGo(removeWaiting(which));
    }

    private List<Work> removeWaiting(Predicate<Work> which) {
        List<Work> removed = waiting.stream().map(Waiting::work).filter(which).toList();
        waiting.removeIf(one -> which.test(one.work()));
        return removed;
    }

    private List<Work> letGo(List<Work> works) {
        for (Work work : works) {
            bytes -= work.size();
            organization.letGo(work);
        }
        return works;
    }

    boolean isIdleSince(long before) {
        return held() == 0 && running == 0 && lastUsed - before < 0;
    }

    /// Remembers what it has used of its rate limit, if that will not have been made up for when it comes back.
    void keepBucket(SpentBuckets spent, long now) {
        if (bucket != null && !bucket.isFull(now)) {
            spent.keep(breaker.destination().id(), bucket, partition, epoch);
        }
    }

    private @Nullable TokenBucket bucket(long now) {
        RateLimit limit = policy.rateLimit();
        if (limit == null) {
            bucket = null;
        } else if (bucket == null || !bucket.limit().equals(limit)) {
            bucket = new TokenBucket(limit, now);
        }
        return bucket;
    }
}
