package dev.waybill.worker.delivery;

/// How much of something that all use one of them may hold: a part of what is *free* (the dynamic threshold of
/// Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998). Of n that
/// want all they can get, each so holds `part / (1 + n * part)` of the whole, and whoever holds nothing always
/// gets in while anything is free.
///
/// @param part of what is free, more than 0
record Share(double part) {

    Share {
        if (!(part > 0)) {
            throw new IllegalArgumentException("a share is more than nothing");
        }
    }

    /// Whether one that holds `held` may hold more when `free` is left.
    boolean allows(long held, long free) {
        return free > 0 && (held == 0 || held < part * free);
    }

    /// How much must be free before one that holds `held` may hold more; the inverse of [#allows].
    int freeNeeded(int held) {
        return held == 0 ? 1 : (int) Math.floor(held / part) + 1;
    }
}
