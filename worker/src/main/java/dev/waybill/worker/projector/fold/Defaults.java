package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where an organization's deliveries go by default, read off its [base rule][Rule#BASE_ID]: its destinations in their
/// order, of which the first is the primary one. Deleted ones are left out; an inactive rule has none.
public final class Defaults {

    private Defaults() {}

    /// The rows of an organization.
    ///
    /// @param living the destinations that are not deleted
    public static List<Row> of(Base base, Set<UUID> living) {
        if (!base.active()) {
            return List.of();
        }
        SequencedSet<UUID> targets = new LinkedHashSet<>(base.destinations());
        targets.retainAll(living);
        return targets.stream()
                .map(target -> new Row(
                        RowIds.defaultDestination(base.organizationId(), target),
                        base.organizationId(),
                        target,
                        target.equals(targets.getFirst()),
                        base.changedAt(),
                        base.changedBy()))
                .toList();
    }

    /// An organization's base rule.
    ///
    /// @param destinations of all tiers, in their order
    public record Base(
            String organizationId,
            boolean active,
            List<UUID> destinations,
            Instant changedAt,
            @Nullable String changedBy) {}

    /// A row of `default_destinations`.
    public record Row(
            UUID id,
            String organizationId,
            UUID destinationId,
            boolean isPrimary,
            Instant createdAt,
            @Nullable String createdBy) {}
}
