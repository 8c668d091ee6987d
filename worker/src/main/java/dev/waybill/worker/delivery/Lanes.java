package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Destination;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Gives slots to destinations in turn, so that none is felt by another. Thread-safe; starts nothing itself, but
/// says what to start.
///
/// The loop's thread offers tasks and wakes what has become due; attempt threads report what ended. Every call
/// takes the one lock for a few steps of bookkeeping and does no I/O under it. Times are nanoseconds of a clock
/// that only goes forward.
final class Lanes {

    /// A destination that was idle for so long starts anew, without a measured rate.
    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    /// When a lane has something to do although nothing ended: a task becomes due, or the rate limit has a token.
    private record Alarm(long at, Lane lane) {}

    /// How often all lanes are looked at.
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(15);

    /// Connection tests at the same time: they take no slot, so they must not be many.
    static final int TESTS_MAX = 16;

    /// A task that its lane does not hold any more.
    ///
    /// @param away how long it should stay away
    record Evicted(Work work, Duration away) {}

    private final LaneSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, Lane> lanes = new HashMap<>();
    private final Map<String, Organization> organizations = new HashMap<>();
    private final Line line;
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>((one, other) -> Long.signum(one.at() - other.at()));
    /// What runs, and since when.
    private final Map<Call, Long> running = new HashMap<>();
    /// Calls that were written off and have not come back.
    private final Set<Call> stuck = new HashSet<>();
    private final SpentBuckets spent = new SpentBuckets();
    private final InstantSource wall;
    private final Queue<Evicted> evicted = new ArrayDeque<>();
    private final List<Lane> toTell = new ArrayList<>();
    private final Queue<Lane> toTest = new ArrayDeque<>();
    private int testsRunning;
    private int retriesRunning;
    private long made;
    private long sweepAt;

    /// @param wall the clock by which breakers are told to others
    Lanes(LaneSettings settings, InstantSource wall, long now) {
        this.settings = settings;
        this.wall = wall;
        this.line = new Line(settings);
        this.sweepAt = now;
    }

    /// Offers a task to its destination's lane.
    ///
    /// @param untilDue how long it has to wait here before it may start; not positive if it may at once
    /// @param room     how much more may be admitted
    Admission offer(Work work, Duration untilDue, Room room, long now) {
        lock.lock();
        try {
            Lane lane = lanes.computeIfAbsent(work.destination().id(), _ -> newLane(work, now));
            lane.meet(work, now);
            Admission admission = admit(lane, work, room, now);
            if (admission instanceof Admission.Accepted) {
                lane.add(work, untilDue, now);
                lineUp(lane);
            } else if (lane.hurry()) {
                lineUp(lane);
            }
            schedule(lane, now);
            return admission;
        } finally {
            lock.unlock();
        }
    }

    private Lane newLane(Work first, long now) {
        Organization organization =
                organizations.computeIfAbsent(first.destination().organizationId(), _ -> new Organization(made++));
        return new Lane(made++, organization, first, spent.take(first), wall, now);
    }

    private Admission admit(Lane lane, Work work, Room room, long now) {
        if (lane.isShut(now) || !lane.hasRoom(settings.lane(), room)) {
            return new Admission.Overflow(lane.away(work, now));
        }
        return lane.organization().admit(work, settings.organization(), room, now);
    }

    /// What may start now. Call it after offers and as time passes.
    List<Call> startable(long now) {
        lock.lock();
        try {
            for (Alarm next = alarms.peek(); next != null && next.at() - now <= 0; next = alarms.peek()) {
                ring(alarms.remove(), now);
            }
            sweep(now);
            return start(now);
        } finally {
            lock.unlock();
        }
    }

    /// A call ended; says what may start in its place.
    ///
    /// @param observed what it saw; null if none was made, or it was refused
    /// @param split    how it goes again; null if it does not
    List<Call> ended(Call call, @Nullable Observed observed, @Nullable Split split, long now) {
        lock.lock();
        try {
            Lane lane = lane(call);
            if (stuck.remove(call)) {
                lane.returned();
                lineUp(lane);
            } else {
                freeSlot(call);
                concluded(lane, lane.ended(call, observed, split, now), now);
            }
            return start(now);
        } finally {
            lock.unlock();
        }
    }

    /// Nobody waits for a call any more; says what may start in its place.
    ///
    /// @param observed what that means for its destination
    List<Call> writtenOff(Call call, Observed observed, long now) {
        lock.lock();
        try {
            if (running.containsKey(call)) {
                stuck.add(call);
                freeSlot(call);
                Lane lane = lane(call);
                concluded(lane, lane.writtenOff(call, observed, now), now);
            }
            return start(now);
        } finally {
            lock.unlock();
        }
    }

    /// A lane stays as long as a call of it has not come back.
    private Lane lane(Call call) {
        return Objects.requireNonNull(lanes.get(call.first().destination().id()));
    }

    private void freeSlot(Call call) {
        running.remove(call);
        if (call.isRetry()) {
            retriesRunning--;
            line.retryEnded();
        }
    }

    private void concluded(Lane lane, boolean evicts, long now) {
        if (evicts) {
            evict(lane, lane.evict(), now);
            schedule(lane, now);
        }
        if (lane.breaker().mustTell()) {
            toTell(lane);
        }
        line.shareFell(lane);
        lineUp(lane);
    }

    /// The next task that its lane does not hold any more, because its destination is left alone or it has
    /// waited for too long; null if there is none. It stays the next one until [#removeEvicted].
    @Nullable
    Evicted evicted() {
        lock.lock();
        try {
            return evicted.peek();
        } finally {
            lock.unlock();
        }
    }

    void removeEvicted(Evicted one) {
        lock.lock();
        try {
            evicted.remove(one);
        } finally {
            lock.unlock();
        }
    }

    /// A destination whose connection is to be tested, because its breaker's time is over and nothing comes;
    /// null if there is none. Tell [#tested] what came of it.
    @Nullable
    Destination toTest() {
        lock.lock();
        try {
            Lane lane = testsRunning < TESTS_MAX ? toTest.poll() : null;
            if (lane == null) {
                return null;
            }
            testsRunning++;
            return lane.breaker().destination();
        } finally {
            lock.unlock();
        }
    }

    /// A connection was tested.
    ///
    /// @param fails whether the destination certainly does not work
    void tested(Destination destination, boolean fails, Instant at, long now) {
        lock.lock();
        try {
            testsRunning--;
            Lane lane = lanes.get(destination.id());
            if (lane == null) {
                return;
            }
            lane.isTested = false;
            if (fails && lane.breaker().destination().isSameVersion(destination)) {
                lane.breaker().testFailed(at, now);
                if (lane.breaker().mustTell()) {
                    toTell(lane);
                }
                schedule(lane, now);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How destinations are doing, where others should know and have not been told.
    List<HealthChange> healthChanges() {
        lock.lock();
        try {
            List<HealthChange> changes = new ArrayList<>();
            for (Lane lane : toTell) {
                lane.isToTell = false;
                changes.add(lane.tellHealth());
            }
            toTell.clear();
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /// Takes out what has not started and matches. Whatever else matches runs, see [#isRunning], and is
    /// not tried again here.
    void drop(Predicate<Work> which) {
        lock.lock();
        try {
            lanes.values().forEach(lane -> lane.drop(which));
            evicted.removeIf(one -> which.test(one.work()));
            running.keySet().stream().filter(call -> call.isFor(which)).forEach(Call::drop);
        } finally {
            lock.unlock();
        }
    }

    boolean isRunning(Predicate<Work> which) {
        lock.lock();
        try {
            return running.keySet().stream().anyMatch(call -> call.isFor(which));
        } finally {
            lock.unlock();
        }
    }

    /// Destinations that are left alone for now.
    int shut(long now) {
        lock.lock();
        try {
            return (int)
                    lanes.values().stream().filter(lane -> lane.isShut(now)).count();
        } finally {
            lock.unlock();
        }
    }

    /// What runs, and since when.
    Map<Call, Long> running() {
        lock.lock();
        try {
            return Map.copyOf(running);
        } finally {
            lock.unlock();
        }
    }

    /// Calls that were written off and have not come back.
    int stuck() {
        lock.lock();
        try {
            return stuck.size();
        } finally {
            lock.unlock();
        }
    }

    private void ring(Alarm alarm, long now) {
        Lane lane = alarm.lane();
        if (lane.alarmAt == null || alarm.at() != lane.alarmAt) {
            // An earlier one took its place, and has set the next.
            return;
        }
        lane.alarmAt = null;
        lane.wake(now);
        if (lane.wantsTest(now)) {
            lane.isTested = true;
            toTest.add(lane);
        }
        lineUp(lane);
        schedule(lane, now);
    }

    /// Sets the lane's alarm. One that is set already goes off first and sets the next.
    private void schedule(Lane lane, long now) {
        Long at = lane.nextWake(now);
        if (at != null && (lane.alarmAt == null || at - lane.alarmAt < 0)) {
            lane.alarmAt = at;
            alarms.add(new Alarm(at, lane));
        }
    }

    private void lineUp(Lane lane) {
        if (lane.hasReady()) {
            line.add(lane);
        }
    }

    /// Gives slots away, one at a time, until there is none or nobody who may have one.
    private List<Call> start(long now) {
        List<Call> started = new ArrayList<>();
        Lane lane = next();
        while (lane != null) {
            Call call = lane.start(retriesToo(), now);
            if (call == null) {
                // Held by its own limits, gathering, or empty: it lines up again when something ended or became due.
                schedule(lane, now);
            } else {
                running.put(call, now);
                retriesRunning += call.isRetry() ? 1 : 0;
                started.add(call);
                lineUp(lane);
                schedule(lane, now);
            }
            lane = next();
        }
        return started;
    }

    private @Nullable Lane next() {
        int lostSlots = Math.max(0, stuck.size() - settings.stuckMax());
        return line.next(settings.slots() - running.size() - lostSlots, retriesToo());
    }

    private boolean retriesToo() {
        return retriesRunning < settings.retriesMax();
    }

    private void evict(Lane lane, List<Work> works, long now) {
        works.forEach(one -> evicted.add(new Evicted(one, lane.away(one, now))));
    }

    private void toTell(Lane lane) {
        if (!lane.isToTell) {
            lane.isToTell = true;
            toTell.add(lane);
        }
    }

    /// Tells what need not be known at once, sends away what has waited for too long, and forgets lanes that are
    /// not used.
    private void sweep(long now) {
        if (now - sweepAt < 0) {
            return;
        }
        for (Lane lane : lanes.values()) {
            if (lane.breaker().mayTell()) {
                toTell(lane);
            }
            evict(lane, lane.evictStuck(now), now);
        }
        sweepAt = now + SWEEP_INTERVAL.toNanos();
        long idle = now - IDLE_MAX.toNanos();
        spent.sweep(now);
        List<Lane> unused = lanes.values().stream()
                .filter(lane -> lane.place == Line.Place.NOWHERE
                        && lane.alarmAt == null
                        && !lane.isToTell
                        && !lane.isTested
                        && lane.isIdleSince(idle))
                .toList();
        unused.forEach(lane -> lane.keepBucket(spent, now));
        lanes.values().removeAll(Set.copyOf(unused));
        organizations
                .values()
                .retainAll(lanes.values().stream().map(Lane::organization).collect(Collectors.toSet()));
    }
}
