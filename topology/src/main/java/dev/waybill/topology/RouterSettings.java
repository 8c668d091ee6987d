package dev.waybill.topology;

import dev.waybill.schemas.RetryDelay;
import dev.waybill.schemas.Topics;
import dev.waybill.topology.routing.Installation;
import dev.waybill.topology.routing.Limits;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/// What the router must be told.
///
/// @param topics            names of the topics
/// @param requestTopics     topics with requests; each has as many partitions as `returns`
/// @param partitions        how many that is
/// @param retryDelays       delays for which there is a retry topic
/// @param deduplicationTime how long a request is remembered
/// @param resolutionGrace   how long an unknown destination or organization is waited for
/// @param limits            what a request may ask for
/// @param installation      what constraints ask of the worker
public record RouterSettings(
        Topics topics,
        List<String> requestTopics,
        int partitions,
        List<RetryDelay> retryDelays,
        Duration deduplicationTime,
        Duration resolutionGrace,
        Limits limits,
        Installation installation) {

    public static final Duration DEDUPLICATION_TIME = Duration.ofHours(12);
    public static final Duration RESOLUTION_GRACE = Duration.ofSeconds(10);

    /// Below this the store's segments, of at least a minute each, would outlive what they hold many times over.
    private static final Duration DEDUPLICATION_TIME_MIN = Duration.ofMinutes(1);

    public RouterSettings {
        requestTopics = List.copyOf(requestTopics);
        retryDelays = List.copyOf(retryDelays);
        require(!requestTopics.isEmpty(), "at least one topic with requests is needed");
        require(Set.copyOf(requestTopics).size() == requestTopics.size(), "a topic with requests is named twice");
        require(!requestTopics.contains(topics.returns()), "returns are no requests");
        require(partitions >= 1, "partitions must be at least 1");
        require(!retryDelays.isEmpty(), "at least one retry delay is needed");
        require(
                deduplicationTime.compareTo(DEDUPLICATION_TIME_MIN) >= 0,
                "the deduplication time must be at least " + DEDUPLICATION_TIME_MIN.toSeconds() + " s");
        require(!resolutionGrace.isNegative(), "the resolution grace must not be negative");
    }

    /// Defaults for everything that has one.
    public static RouterSettings defaults(Topics topics, int partitions) {
        return new RouterSettings(
                topics,
                List.of(topics.requests()),
                partitions,
                RetryDelay.DEFAULTS,
                DEDUPLICATION_TIME,
                RESOLUTION_GRACE,
                Limits.defaults(),
                Installation.unknown());
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
