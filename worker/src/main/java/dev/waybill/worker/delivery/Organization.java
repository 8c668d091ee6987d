package dev.waybill.worker.delivery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/// All lanes of one organization: what they hold together, and which of them want a slot. Guarded by the lock of
/// [Lanes].
final class Organization {

    private final long number;
    /// By partition: each has its own room.
    private final Map<TopicPartition, Holding> tasks = new HashMap<>();

    private final Holding bytes = new Holding();

    /// Calls that hold a slot.
    int running;

    /// Lanes whose turn comes when the organization's does; kept by [Line].
    final Deque<Lane> inTurn = new ArrayDeque<>();

    /// Where it stands among those that want a slot; kept by [Line].
    Line.Place place = Line.Place.NOWHERE;

    /// How many slots must be free before it may have one more, if it is held back; kept by [Line].
    int freeNeeded;

    /// @param number tells organizations apart
    Organization(long number) {
        this.number = number;
    }

    long number() {
        return number;
    }

    void take(Work work) {
        tasks.computeIfAbsent(work.partition(), _ -> new Holding()).take(1);
        bytes.take(work.size());
    }

    /// A task went away without having been done.
    void letGo(Work work) {
        tasks.computeIfPresent(work.partition(), (_, holding) -> {
            holding.letGo(1);
            return nullIfEmpty(holding);
        });
        bytes.letGo(work.size());
    }

    void ended(Work work, long now) {
        tasks.computeIfPresent(work.partition(), (_, holding) -> {
            holding.ended(1, now);
            return nullIfEmpty(holding);
        });
        bytes.ended(work.size(), now);
    }

    private static @Nullable Holding nullIfEmpty(Holding holding) {
        return holding.held() == 0 ? null : holding;
    }

    /// Whether one more task may be held; how long it stays away, or that it may wait, if not.
    Admission admit(Work work, Share share, Room room, long now) {
        Holding ofPartition = tasks.get(work.partition());
        if (ofPartition != null && !share.allows(ofPartition.held(), room.tasks())) {
            return refusal(ofPartition.away(1, now));
        }
        if (!share.allows(bytes.held(), room.bytes())) {
            return refusal(bytes.away(work.size(), now));
        }
        return new Admission.Accepted();
    }

    private static Admission refusal(@Nullable Duration away) {
        return away == null ? new Admission.Later() : new Admission.Overflow(away);
    }
}
