package dev.waybill.worker.delivery;

/// Bounds that all lanes of a sink share.
///
/// What one destination, and what all destinations of one organization together may hold of the slots, of a
/// partition's room and of the bytes that the loop may admit, follows what is left of each, see [Share].
///
/// | share               | alone it takes | so many together | leave free |
/// |---------------------|----------------|------------------|------------|
/// | lane, 1/4           | 1/5            | 50               | 7.4 %      |
/// | organization, 9     | 9/10           | 5                | 2.2 %      |
///
/// @param slots        attempts at the same time over all lanes
/// @param lane         what one destination may hold
/// @param organization what all destinations of one organization may hold
record LaneSettings(int slots, Share lane, Share organization) {

    /// One slow destination takes a fifth, fifty of them together leave a thirteenth to all others.
    static final Share LANE_SHARE = new Share(0.25);

    /// An organization that is alone is hardly held back, and the tenth that it leaves is enough for others to
    /// start at once.
    static final Share ORGANIZATION_SHARE = new Share(9);

    /// Part of the slots that retries may hold: when many receivers fail, what is new still finds slots.
    static final double RETRY_SHARE = 0.75;

    /// Part of the slots that are given away again although the calls that had them never came back. Beyond that
    /// such a call keeps its slot, so that hung threads, with their memory and files, are at most a quarter more
    /// than slots.
    static final double STUCK_SHARE = 0.25;

    LaneSettings {
        if (slots < 1) {
            throw new IllegalArgumentException("lanes need at least one slot");
        }
    }

    static LaneSettings of(int slots) {
        return new LaneSettings(slots, LANE_SHARE, ORGANIZATION_SHARE);
    }

    /// Calls that may hang without keeping their slots.
    int stuckMax() {
        return (int) (slots * STUCK_SHARE);
    }

    /// Slots that retries may hold.
    int retriesMax() {
        return (int) Math.max(1, Math.floor(slots * RETRY_SHARE));
    }
}
