package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A row of `delivery_logs`: one delivery at one destination.
///
/// [#merge] is commutative, associative and idempotent, and the upsert of the store does in SQL exactly what it does
/// here. That is why batches may be repeated, split and read in any order.
public record LogRow(
        UUID id,
        UUID destinationId,
        RequestFacts request,
        Standing standing,
        @Nullable Facts facts,
        int attemptCount,
        @Nullable Instant firstAttemptAt,
        @Nullable Instant lastAttemptAt,
        @Nullable Instant deliveredAt) {

    static LogRow of(DeliveryEvent event, Target target, RouteStatus status) {
        Instant started = event.type() == DeliveryEvent.Type.ATTEMPT ? startOf(event) : null;
        return new LogRow(
                RowIds.log(
                        event.request().deliveryId(),
                        target.destinationId(),
                        event.request().queuedAt()),
                target.destinationId(),
                event.request(),
                new Standing(
                        event.rank(),
                        event.at(),
                        status,
                        event.route(),
                        event.ruleId(),
                        event.ruleVersion(),
                        event.ruleSelection(),
                        event.ruleTier(),
                        event.reason(),
                        event.maxAttempts(),
                        event.dueAt()),
                Facts.of(event),
                event.attempts(),
                started,
                started,
                status == RouteStatus.DELIVERED ? event.at() : null);
    }

    LogRow merge(LogRow other) {
        boolean isLatest = Standing.ORDER.compare(standing, other.standing) >= 0;
        return new LogRow(
                id,
                destinationId,
                // All say the same, but for what is learned of a payload by reference when it is fetched.
                isLatest ? request : other.request,
                isLatest ? standing : other.standing,
                Facts.latest(facts, other.facts),
                Math.max(attemptCount, other.attemptCount),
                earlier(firstAttemptAt, other.firstAttemptAt),
                later(lastAttemptAt, other.lastAttemptAt),
                earlier(deliveredAt, other.deliveredAt));
    }

    static Instant startOf(DeliveryEvent event) {
        Instant started = event.observation().startedAt();
        return started == null ? event.at() : started;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isBefore(other) ? one : other;
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }
}
