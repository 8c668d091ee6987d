package dev.waybill.local.system;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/// When each version of a rule was written, by the broker's clock, and when REST acknowledged it: says which version
/// a request may have been resolved by. Each organization has one rule.
///
/// ```
///   version 6 ├──────────────┤ version 7 is written
///                            ├── ack ─────────
///                      ·············│              a request arrives, and is routed:
///                      └── lag ─────┘──────│         7, and 6 by a router that lags
/// ```
final class RuleHistory {

    private final Duration lagMax;
    private final Map<String, NavigableMap<Long, Instant>> written = new HashMap<>();
    private final Map<String, NavigableMap<Instant, Long>> acknowledged = new HashMap<>();

    /// @param lagMax for how long after its end a version may still be used
    RuleHistory(Duration lagMax) {
        this.lagMax = lagMax;
    }

    void written(String organization, long version, Instant at) {
        of(written, organization).put(version, at);
    }

    void acknowledged(String organization, long version, Instant at) {
        of(acknowledged, organization).put(at, version);
    }

    int versions() {
        return written.values().stream().mapToInt(Map::size).sum();
    }

    /// What is wrong with the version that a request was resolved by.
    ///
    /// @param arrived  when the broker appended the request
    /// @param routed   when the broker had what the router wrote about it
    /// @param wasAsked whether it was routed by the worker that acknowledged the changes
    Optional<String> flaw(String organization, long version, Instant arrived, Instant routed, boolean wasAsked) {
        Instant from = of(written, organization).get(version);
        if (from == null) {
            return Optional.of("version " + version + " was never written");
        }
        if (from.isAfter(routed)) {
            return Optional.of("version " + version + " was written at " + from + ", after the routing at " + routed);
        }
        Duration behind = behind(organization, version, arrived);
        if (behind.compareTo(lagMax) > 0) {
            return Optional.of("version " + version + " was replaced " + behind + " before the arrival at " + arrived);
        }
        var before = of(acknowledged, organization).lowerEntry(arrived);
        if (wasAsked && before != null && version < before.getValue()) {
            return Optional.of("version " + before.getValue() + " was acknowledged at " + before.getKey()
                    + ", before the arrival at " + arrived + ", but it was version " + version);
        }
        return Optional.empty();
    }

    /// How long before the arrival the version was replaced; zero if it was still current then.
    Duration behind(String organization, long version, Instant arrived) {
        var next = of(written, organization).higherEntry(version);
        return next == null || !next.getValue().isBefore(arrived)
                ? Duration.ZERO
                : Duration.between(next.getValue(), arrived);
    }

    private static <K extends Comparable<K>, V> NavigableMap<K, V> of(
            Map<String, NavigableMap<K, V>> all, String organization) {
        return all.computeIfAbsent(organization, _ -> new TreeMap<>());
    }
}
