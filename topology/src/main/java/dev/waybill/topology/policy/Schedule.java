package dev.waybill.topology.policy;

import java.time.Duration;
import java.util.Collections;
import java.util.List;

/// How long to wait after the n-th failed attempt, before jitter.
public sealed interface Schedule {

    /// The wait after an attempt failed.
    ///
    /// @param attempt number of that attempt, from 1
    Duration after(int attempt);

    /// The longest of all waits.
    Duration longest();

    /// `initial * factor^(attempt-1)`, at most `cap`.
    record Exponential(Duration initial, double factor, Duration cap) implements Schedule {
        public Exponential {
            if (initial.isNegative() || !(factor >= 1) || cap.compareTo(initial) < 0) {
                throw new IllegalArgumentException("an exponential schedule needs 0 <= initial <= cap and factor >= 1: "
                        + initial + ", " + factor + ", " + cap);
            }
        }

        @Override
        public Duration after(int attempt) {
            // In doubles the power may be infinite, which Math.min turns into the cap.
            double millis = (double) initial.toMillis() * Math.pow(factor, attempt - 1);
            return Duration.ofMillis((long) Math.min(millis, (double) cap.toMillis()));
        }

        @Override
        public Duration longest() {
            return cap;
        }
    }

    /// The listed delays in turn; the last one repeats.
    record Listed(List<Duration> delays) implements Schedule {
        public Listed {
            delays = List.copyOf(delays);
            if (delays.isEmpty() || delays.stream().anyMatch(Duration::isNegative)) {
                throw new IllegalArgumentException("a listed schedule needs at least one delay and no negative one");
            }
        }

        @Override
        public Duration after(int attempt) {
            return delays.get(Math.min(attempt, delays.size()) - 1);
        }

        @Override
        public Duration longest() {
            return Collections.max(delays);
        }
    }
}
