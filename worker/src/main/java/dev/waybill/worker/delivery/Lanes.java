package dev.waybill.worker.delivery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Gives slots to destinations in turn, so that none is felt by another. Thread-safe; starts nothing itself, but says
/// what to start.
///
/// The loop's thread offers tasks and wakes what has become due; attempt threads report what ended. Every call
/// takes the one lock for a few steps of bookkeeping and does no I/O under it.
final class Lanes {

    /// A destination that was idle for so long starts anew, with a full bucket and no measured rate.
    static final Duration IDLE_MAX = Duration.ofMinutes(10);

    /// When a lane has something to do although nothing ended: a task becomes due, or the rate limit has a token.
    private record Alarm(Instant at, Lane lane) {}

    /// How often idle lanes are looked for.
    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

    private final LaneSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<UUID, Lane> lanes = new HashMap<>();
    /// Lanes that have something ready and may want a slot, in turn.
    private final Deque<Lane> line = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparing(Alarm::at));
    private int running;
    private Instant sweepAt = Instant.MIN;

    Lanes(LaneSettings settings) {
        this.settings = settings;
    }

    /// Offers a task to its destination's lane.
    ///
    /// @param room how many more tasks of the task's partition may be admitted
    Admission offer(Work work, int room, Instant now) {
        lock.lock();
        try {
            Lane lane = lanes.computeIfAbsent(
                    work.destination().id(),
                    id -> new Lane(id, work.destination().policy(), now));
            if (!settings.allows(lane.held(), room)) {
                return new Admission.Overflow(lane.overflowUntil(now));
            }
            lane.add(work, now);
            lineUp(lane);
            schedule(lane, now);
            return new Admission.Accepted();
        } finally {
            lock.unlock();
        }
    }

    /// What may start now. Call it after offers and as time passes.
    List<Work> startable(Instant now) {
        lock.lock();
        try {
            for (Alarm next = alarms.peek(); next != null && !next.at().isAfter(now); next = alarms.peek()) {
                Lane lane = alarms.remove().lane();
                lane.alarmAt = null;
                lane.wake(now);
                lineUp(lane);
                schedule(lane, now);
            }
            sweep(now);
            return start(now);
        } finally {
            lock.unlock();
        }
    }

    /// An attempt ended; says what may start in its place.
    List<Work> ended(Work work, Instant now) {
        lock.lock();
        try {
            running--;
            Lane lane = lanes.get(work.destination().id());
            if (lane != null) {
                lane.ended(now);
                lineUp(lane);
            }
            return start(now);
        } finally {
            lock.unlock();
        }
    }

    /// Takes out what has not started and matches.
    void drop(Predicate<Work> which) {
        lock.lock();
        try {
            lanes.values().forEach(lane -> lane.drop(which));
        } finally {
            lock.unlock();
        }
    }

    /// When something that waits for time is next to be looked at.
    Optional<Instant> nextWake() {
        lock.lock();
        try {
            return Optional.ofNullable(alarms.peek()).map(Alarm::at);
        } finally {
            lock.unlock();
        }
    }

    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /// Sets the lane's alarm. One that is set already goes off first and sets the next.
    private void schedule(Lane lane, Instant now) {
        Instant at = lane.nextWake(now);
        if (at != null && (lane.alarmAt == null || at.isBefore(lane.alarmAt))) {
            lane.alarmAt = at;
            alarms.add(new Alarm(at, lane));
        }
    }

    private void lineUp(Lane lane) {
        if (lane.hasReady() && !lane.inLine) {
            lane.inLine = true;
            line.add(lane);
        }
    }

    /// Goes round the line, one task for each lane, until a whole round starts nothing.
    private List<Work> start(Instant now) {
        List<Work> started = new ArrayList<>();
        int passedOver = 0;
        while (running < settings.slots() && passedOver < line.size()) {
            Lane lane = line.remove();
            if (!settings.allows(lane.running(), settings.slots() - running)) {
                // Too large a share for now: it keeps its place for when slots are given back.
                line.add(lane);
                passedOver++;
                continue;
            }
            Work work = lane.start(now);
            if (work == null || !lane.hasReady()) {
                // Held by its own limits, or empty: it lines up again when something ended or became due.
                lane.inLine = false;
                schedule(lane, now);
            } else {
                line.add(lane);
            }
            if (work != null) {
                running++;
                started.add(work);
                passedOver = 0;
            }
        }
        return started;
    }

    private void sweep(Instant now) {
        if (now.isBefore(sweepAt)) {
            return;
        }
        sweepAt = now.plus(SWEEP_INTERVAL);
        lanes.values().removeIf(lane -> !lane.inLine && lane.alarmAt == null && lane.isIdleSince(now.minus(IDLE_MAX)));
    }
}
