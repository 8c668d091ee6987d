package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Health;
import org.apache.kafka.common.TopicPartition;

/// How a destination is doing has changed, as far as others should know.
///
/// @param partition of the destination's tasks: whoever has it tells of the destination
/// @param epoch     the assignment of the partition under which it was seen
/// @param before    what was told last
record HealthChange(TopicPartition partition, int epoch, Health before, Health health) {

    /// Whether the breaker has opened, for the first time or once more.
    boolean isTrip() {
        return health.trips() > before.trips();
    }

    boolean isClosing() {
        return health.trips() == 0 && before.trips() > 0;
    }

    boolean isGivenUp() {
        return health.isDisabled() && !before.isDisabled();
    }

    boolean isWarning() {
        return health.warning() > before.warning();
    }
}
