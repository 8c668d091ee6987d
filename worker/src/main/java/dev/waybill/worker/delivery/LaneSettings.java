package dev.waybill.worker.delivery;

/// Bounds that all lanes of a sink share.
///
/// A lane's share of slots and of a partition's room follows what is left of them (the dynamic threshold of Choudhury
/// and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998): it may hold at most
/// `share` times what is free. One slow destination can so take 1/5 of the whole, fifty together leave
/// 1/(1 + 50 / 4) of it free for all others, and a destination that holds nothing always gets in.
///
/// @param slots attempts at the same time over all lanes
/// @param share part of what is free that one lane may hold, more than 0, at most 1
record LaneSettings(int slots, double share) {

    static final double DEFAULT_SHARE = 0.25;

    /// Part of the slots that retries may hold: when many receivers fail, what is new still finds slots.
    static final double RETRY_SHARE = 0.75;

    LaneSettings {
        if (slots < 1 || share <= 0 || share > 1) {
            throw new IllegalArgumentException("lanes need at least one slot and a share in (0, 1]");
        }
    }

    /// Slots that retries may hold.
    int retriesMax() {
        return (int) Math.max(1, Math.floor(slots * RETRY_SHARE));
    }

    /// How many must be free before a lane that holds `held` may hold one more; the inverse of [#allows].
    int freeNeeded(int held) {
        return held == 0 ? 1 : (int) Math.floor(held / share) + 1;
    }

    /// Whether a lane that holds `held` may hold one more when `free` are left.
    boolean allows(int held, int free) {
        return free > 0 && (held == 0 || held < share * free);
    }
}
