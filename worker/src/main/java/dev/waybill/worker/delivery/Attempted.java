package dev.waybill.worker.delivery;

import org.jspecify.annotations.Nullable;

/// What became of a task that had its turn.
///
/// @param observed what the attempt saw; null if the delivery was over before one was made
record Attempted(Ended ended, @Nullable Observed observed) {}
