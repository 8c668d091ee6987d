package dev.waybill.worker.projector.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/// Which times share a partition, and which partitions there should be.
///
/// @param days width of a partition
/// @param retention age at which a delivery's rows may go
public record PartitionGrid(int days, Duration retention) {

    /// A projector that stands still for four weeks, or a router whose clock is that far ahead, still finds partitions.
    private static final Duration AHEAD = Duration.ofDays(28);

    /// `attempts` is kept for 30 days by default: so far back a rebuild reaches.
    private static final Duration BEHIND = Duration.ofDays(30);

    /// A Monday, so that partitions of seven days are weeks.
    private static final Instant ANCHOR = Instant.parse("2024-01-01T00:00:00Z");

    public PartitionGrid {
        if (days < 1 || retention.isNegative()) {
            throw new IllegalArgumentException("days " + days + ", retention " + retention);
        }
    }

    /// Deliveries queued before this have no rows any more: the start of the oldest partition that is kept.
    public Instant horizon(Instant now) {
        return cell(now.minus(retention)).from();
    }

    /// Those that new rows can come into.
    List<TimeRange> wanted(Instant now) {
        Instant oldest = horizon(now);
        Instant back = now.minus(BEHIND);
        return from(back.isBefore(oldest) ? oldest : back, now);
    }

    /// Those for everything that is kept.
    List<TimeRange> kept(Instant now) {
        return from(horizon(now), now);
    }

    private List<TimeRange> from(Instant first, Instant now) {
        return Stream.iterate(cell(first), cell -> !cell.from().isAfter(now.plus(AHEAD)), cell -> cell(cell.to()))
                .toList();
    }

    private TimeRange cell(Instant time) {
        Duration width = Duration.ofDays(days);
        long index = Math.floorDiv(Duration.between(ANCHOR, time).toSeconds(), width.toSeconds());
        Instant from = ANCHOR.plus(width.multipliedBy(index));
        return new TimeRange(from, from.plus(width));
    }
}
