package dev.waybill.worker.projector.fold;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The destination of an event, as its writer knew it.
public record Target(
        UUID destinationId,
        @Nullable String name,
        @Nullable String kind,
        @Nullable String provider,
        @Nullable String region,
        Map<String, String> labels,
        @Nullable Long policyVersion) {}
