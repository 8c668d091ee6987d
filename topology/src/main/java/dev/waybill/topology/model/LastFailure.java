package dev.waybill.topology.model;

import org.jspecify.annotations.Nullable;

/// What the last failed attempt of a route observed.
public record LastFailure(
        String code, @Nullable String message, @Nullable Integer responseCode) {}
