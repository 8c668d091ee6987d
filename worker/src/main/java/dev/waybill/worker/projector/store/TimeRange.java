package dev.waybill.worker.projector.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/// From one time to another, the latter not included.
record TimeRange(Instant from, Instant to) {

    TimeRange {
        if (!from.isBefore(to)) {
            throw new IllegalArgumentException("not a range: " + from + " to " + to);
        }
    }

    /// What is left of this range beside the others.
    List<TimeRange> without(Collection<TimeRange> others) {
        var left = new ArrayList<TimeRange>();
        Instant cursor = from;
        for (TimeRange other :
                others.stream().sorted(Comparator.comparing(TimeRange::from)).toList()) {
            if (other.from().isAfter(cursor) && cursor.isBefore(to)) {
                left.add(new TimeRange(cursor, other.from().isBefore(to) ? other.from() : to));
            }
            if (other.to().isAfter(cursor)) {
                cursor = other.to();
            }
        }
        if (cursor.isBefore(to)) {
            left.add(new TimeRange(cursor, to));
        }
        return left;
    }
}
