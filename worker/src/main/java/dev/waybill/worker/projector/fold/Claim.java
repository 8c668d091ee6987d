package dev.waybill.worker.projector.fold;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An organization's claim that a destination is its own. The first one holds for the life of the id; what events know
/// of the destination fills a stub until its configuration record is read.
public record Claim(
        UUID destinationId,
        String organizationId,
        @Nullable String name,
        @Nullable String kind,
        @Nullable String provider) {}
