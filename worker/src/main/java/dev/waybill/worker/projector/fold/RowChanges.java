package dev.waybill.worker.projector.fold;

import java.util.Collection;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// The rows that a batch of events comes to, before those of foreign destinations are taken out.
public record RowChanges(
        Collection<DeliveryRow> deliveries,
        Collection<LogRow> logs,
        Collection<AttemptRow> attempts,
        Collection<Claim> claims) {

    /// The same without log and attempt rows whose claim is refused.
    public RowChanges owned(Predicate<Claim> isOwner) {
        var refused = claims.stream().filter(isOwner.negate()).map(Key::new).collect(Collectors.toUnmodifiableSet());
        if (refused.isEmpty()) {
            return this;
        }
        return new RowChanges(
                deliveries,
                logs.stream().filter(row -> !refused.contains(new Key(row))).toList(),
                attempts.stream().filter(row -> !refused.contains(new Key(row))).toList(),
                claims.stream().filter(isOwner).toList());
    }

    public int size() {
        return deliveries.size() + logs.size() + attempts.size();
    }

    private record Key(UUID destinationId, String organizationId) {

        Key(Claim claim) {
            this(claim.destinationId(), claim.organizationId());
        }

        Key(LogRow row) {
            this(row.destinationId(), row.request().organizationId());
        }

        Key(AttemptRow row) {
            this(row.target().destinationId(), row.event().request().organizationId());
        }
    }
}
