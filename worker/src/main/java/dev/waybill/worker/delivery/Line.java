package dev.waybill.worker.delivery;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Lanes that want a slot, and whose turn it is: the organizations go round, and each one's lanes among
/// themselves. So neither an organization with a thousand destinations nor a destination with a thousand tasks
/// delays another, and neither can take all slots, see [Share].
///
/// | place          | why a lane stands there                  | leaves it when                                  |
/// |----------------|------------------------------------------|-------------------------------------------------|
/// | IN_TURN        | it has something ready                   | its organization's turn comes, and then its own |
/// | HELD_BACK      | it has too large a share of the slots    | an attempt of it ends, or slots enough are free |
/// | BEHIND_RETRIES | it has only retries, which have theirs   | a retry ends, or it gets a first attempt        |
///
/// An organization is IN_TURN while lanes of it are, or HELD_BACK with all of them, for the same reasons.
///
/// Every step costs at most the logarithm of the number of lanes. Guarded by the lock of [Lanes].
final class Line {

    /// Where a lane or an organization stands.
    enum Place {
        NOWHERE,
        IN_TURN,
        HELD_BACK,
        BEHIND_RETRIES
    }

    private final LaneSettings settings;
    private final Deque<Organization> turns = new ArrayDeque<>();
    private final TreeSet<Organization> organizationsHeldBack =
            new TreeSet<>(Comparator.comparingInt((Organization organization) -> organization.freeNeeded)
                    .thenComparingLong(Organization::number));
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

    /// An attempt of the lane ended, so that its share is smaller, and its organization's.
    void shareFell(Lane lane) {
        if (lane.place == Place.HELD_BACK) {
            heldBack.remove(lane);
            enqueue(lane);
        }
        Organization organization = lane.organization();
        if (organization.place == Place.HELD_BACK) {
            organizationsHeldBack.remove(organization);
            takeTurn(organization);
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
            if (!settings.lane().allows(lane.running(), free)) {
                lane.freeNeeded = settings.lane().freeNeeded(lane.running());
                lane.place = Place.HELD_BACK;
                heldBack.add(lane);
            } else if (!retriesToo && lane.hasReady() && !lane.hasFirstAttempt()) {
                lane.place = Place.BEHIND_RETRIES;
                behindRetries.add(lane);
            } else if (!allows(lane.organization(), free)) {
                enqueue(lane);
            } else {
                return lane;
            }
        }
        return null;
    }

    /// Whoever stands aside comes after all whose turn it is.
    private @Nullable Lane candidate(int free, boolean retriesToo) {
        Organization organization = nextOrganization(free);
        Lane lane = null;
        if (organization != null) {
            lane = dequeue(organization);
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

    private @Nullable Organization nextOrganization(int free) {
        for (Organization one = turns.poll(); one != null; one = turns.poll()) {
            if (allows(one, free)) {
                return one;
            }
            one.freeNeeded = settings.organization().freeNeeded(one.running);
            one.place = Place.HELD_BACK;
            organizationsHeldBack.add(one);
        }
        boolean next = !organizationsHeldBack.isEmpty() && organizationsHeldBack.first().freeNeeded <= free;
        return next ? organizationsHeldBack.removeFirst() : null;
    }

    private boolean allows(Organization organization, int free) {
        return settings.organization().allows(organization.running, free);
    }

    private void enqueue(Lane lane) {
        lane.place = Place.IN_TURN;
        Organization organization = lane.organization();
        organization.inTurn.add(lane);
        if (organization.place == Place.NOWHERE) {
            takeTurn(organization);
        }
    }

    private void takeTurn(Organization organization) {
        organization.place = Place.IN_TURN;
        turns.add(organization);
    }

    private Lane dequeue(Organization organization) {
        Lane lane = organization.inTurn.remove();
        organization.place = Place.NOWHERE;
        if (!organization.inTurn.isEmpty()) {
            takeTurn(organization);
        }
        return lane;
    }
}
