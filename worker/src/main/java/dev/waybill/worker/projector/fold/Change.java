package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What one record says.
public sealed interface Change
        permits DeliveryEvent,
                Change.DestinationPut,
                Change.DestinationDeleted,
                Change.RulePut,
                Change.RuleDeleted,
                Change.Nothing,
                Change.Poison {

    /// A record of which the rows do not tell.
    record Nothing() implements Change {}

    /// A destination as it is from now on.
    record DestinationPut(
            UUID destinationId,
            String organizationId,
            String name,
            String kind,
            String provider,
            @Nullable String region,
            Map<String, String> labels,
            boolean enabled,
            long version,
            Instant updatedAt,
            @Nullable String updatedBy)
            implements Change {}

    /// A destination is no more.
    record DestinationDeleted(UUID destinationId, String organizationId, Instant at) implements Change {}

    /// A rule as it is from now on.
    ///
    /// @param conditions as JSON; null matches always
    /// @param weights    by id of a destination, where it is not 1
    /// @param constraints as JSON
    record RulePut(
            String organizationId,
            String ruleId,
            String name,
            int priority,
            boolean active,
            @Nullable String conditions,
            String selection,
            @Nullable String stickyBy,
            boolean continues,
            @Nullable Instant validFrom,
            @Nullable Instant validUntil,
            List<UUID> primary,
            List<UUID> secondary,
            List<UUID> fallback,
            Map<String, String> weights,
            @Nullable String templateId,
            @Nullable Long templateVersion,
            String constraints,
            long version,
            Instant changedAt,
            @Nullable String changedBy)
            implements Change {}

    /// A rule is no more.
    record RuleDeleted(String organizationId, String ruleId) implements Change {}

    /// A record that says nothing that could be understood.
    record Poison(String error) implements Change {}
}
