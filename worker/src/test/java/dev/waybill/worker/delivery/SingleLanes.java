package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Destination;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Lanes of destinations that take one payload in a call: each call is its task.
final class SingleLanes {

    private final Lanes lanes;
    private final Map<Work, Call> calls = new HashMap<>();

    SingleLanes(LaneSettings settings, long now) {
        this.lanes = new Lanes(settings, () -> Samples.START, now);
    }

    /// With more than enough room for bytes.
    Admission offer(Work work, Duration untilDue, int room, long now) {
        return offer(work, untilDue, new Room(room, Long.MAX_VALUE), now);
    }

    Admission offer(Work work, Duration untilDue, Room room, long now) {
        return lanes.offer(work, untilDue, room, now);
    }

    List<Work> startable(long now) {
        return works(lanes.startable(now));
    }

    List<Work> ended(Work work, @Nullable Observed observed, long now) {
        Call call = calls.remove(work);
        if (call == null) {
            throw new AssertionError("it has not started");
        }
        return works(lanes.ended(call, observed, null, now));
    }

    private List<Work> works(List<Call> started) {
        started.forEach(call -> calls.put(call.first(), call));
        return started.stream().map(Call::first).toList();
    }

    Lanes.@Nullable Evicted evicted() {
        return lanes.evicted();
    }

    void removeEvicted(Lanes.Evicted one) {
        lanes.removeEvicted(one);
    }

    @Nullable
    Destination toTest() {
        return lanes.toTest();
    }

    void tested(Destination destination, boolean fails, Instant at, long now) {
        lanes.tested(destination, fails, at, now);
    }

    List<HealthChange> healthChanges() {
        return lanes.healthChanges();
    }

    void drop(Predicate<Work> which) {
        lanes.drop(which);
    }

    boolean isRunning(Predicate<Work> which) {
        return lanes.isRunning(which);
    }

    int shut(long now) {
        return lanes.shut(now);
    }

    int running() {
        return lanes.running().size();
    }

    int stuck() {
        return lanes.stuck();
    }

    /// Nobody waits for a task's call any more; it may still end.
    List<Work> writtenOff(Work work, Observed observed, long now) {
        Call call = calls.get(work);
        if (call == null) {
            throw new AssertionError("it has not started");
        }
        return works(lanes.writtenOff(call, observed, now));
    }
}
