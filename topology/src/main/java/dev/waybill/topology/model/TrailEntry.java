package dev.waybill.topology.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A candidate that a route left behind, and why.
public record TrailEntry(
        String destination,
        String reason,
        int attempts,
        @Nullable String errorCode,
        Instant at) {}
