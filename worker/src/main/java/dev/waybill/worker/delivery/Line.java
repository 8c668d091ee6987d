package dev.waybill.worker.delivery;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Lanes that want a slot, and whose turn it is: the organizations go round, and each one's lanes among themselves.
/// So neither an organization with a thousand destinations nor a destination with a thousand tasks delays another.
///
/// | place          | why the lane stands there                | leaves it when                                  |
/// |----------------|------------------------------------------|-------------------------------------------------|
/// | IN_TURN        | it has something ready                   | its turn comes                                  |
/// | HELD_BACK      | it has too large a share of the slots    | an attempt of it ends, or slots enough are free |
/// | BEHIND_RETRIES | it has only retries, which have theirs   | a retry ends, or it gets a first attempt        |
///
/// Every step costs at most the logarithm of the number of lanes. Guarded by the lock of [Lanes].
final class Line {

    /// Where a lane stands.
    enum Place {
        NOWHERE,
        IN_TURN,
        HELD_BACK,
        BEHIND_RETRIES
    }

    private final LaneSettings settings;
    private final Map<String, Deque<Lane>> lanesOf = new HashMap<>();
    private final Deque<String> organizations = new ArrayDeque<>();
    private final TreeSet<Lane> heldBack = new TreeSet<>(
            Comparator.comparingInt((Lane lane) -> lane.freeNeeded).thenComparingLong(Lane::number));
    private final SequencedSet<Lane> behindRetries = new LinkedHashSet<>();

    Line(LaneSettings settings) {
        this.settings = settings;
    }

    /// A lane has something ready that may start as far as the lane knows.
    void add(Lane lane) {
        switch (lane.place) {
            case NOWHERE -> enqueue(lane);
            case BEHIND_RETRIES -> {
                if (lane.hasFirstAttempt()) {
                    behindRetries.remove(lane);
                    enqueue(lane);
                }
            }
            case IN_TURN, HELD_BACK -> {}
        }
    }

    /// An attempt of the lane ended, so that its share is smaller.
    void shareFell(Lane lane) {
        if (lane.place == Place.HELD_BACK) {
            heldBack.remove(lane);
            enqueue(lane);
        }
    }

    /// A retry gave its slot back: who waits for that takes its turn again.
    void retryEnded() {
        if (!behindRetries.isEmpty()) {
            enqueue(behindRetries.removeFirst());
        }
    }

    /// Takes the lane that may have the next slot out of the line; null if none may.
    ///
    /// @param free       slots that nobody has
    /// @param retriesToo whether a retry may have it
    @Nullable
    Lane next(int free, boolean retriesToo) {
        if (free <= 0) {
            return null;
        }
        for (Lane lane = candidate(free, retriesToo); lane != null; lane = candidate(free, retriesToo)) {
            if (!settings.allows(lane.running(), free)) {
                lane.freeNeeded = settings.freeNeeded(lane.running());
                lane.place = Place.HELD_BACK;
                heldBack.add(lane);
            } else if (!retriesToo && lane.hasReady() && !lane.hasFirstAttempt()) {
                lane.place = Place.BEHIND_RETRIES;
                behindRetries.add(lane);
            } else {
                return lane;
            }
        }
        return null;
    }

    /// Whoever stands aside comes after all whose turn it is.
    private @Nullable Lane candidate(int free, boolean retriesToo) {
        Lane lane = null;
        if (!organizations.isEmpty()) {
            lane = dequeue();
        } else if (retriesToo && !behindRetries.isEmpty()) {
            lane = behindRetries.removeFirst();
        } else if (!heldBack.isEmpty() && heldBack.first().freeNeeded <= free) {
            lane = heldBack.removeFirst();
        }
        if (lane != null) {
            lane.place = Place.NOWHERE;
        }
        return lane;
    }

    private void enqueue(Lane lane) {
        lane.place = Place.IN_TURN;
        lanesOf.computeIfAbsent(lane.organization(), organization -> {
                    organizations.add(organization);
                    return new ArrayDeque<>();
                })
                .add(lane);
    }

    private Lane dequeue() {
        String organization = organizations.remove();
        Deque<Lane> lanes = Objects.requireNonNull(lanesOf.get(organization));
        Lane lane = lanes.remove();
        if (lanes.isEmpty()) {
            lanesOf.remove(organization);
        } else {
            organizations.add(organization);
        }
        return lane;
    }
}
