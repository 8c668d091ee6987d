package dev.waybill.worker.delivery;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.LastFailure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says what an operator wants to know of destinations that do not work, once for each change.
final class HealthLog {

    private static final Logger LOG = LoggerFactory.getLogger(HealthLog.class);

    private HealthLog() {}

    static void changed(Kind kind, HealthChange change) {
        Health health = change.health();
        LastFailure last = health.last();
        String error = last == null ? "" : last.code();
        if (change.isGivenUp()) {
            LOG.warn(
                    "destination disabled kind={} organization={} destination={} version={} reason={} failures={}"
                            + " failing_since={} error_code={}; change the destination to take it up again",
                    kind.wireName(),
                    health.organizationId(),
                    health.destinationId(),
                    health.destinationVersion(),
                    health.disabledReason(),
                    health.failures(),
                    health.failingSince(),
                    error);
        } else if (change.isWarning()) {
            LOG.warn(
                    "destination will be disabled kind={} organization={} destination={} progress={}% failures={}"
                            + " failing_since={} error_code={}",
                    kind.wireName(),
                    health.organizationId(),
                    health.destinationId(),
                    health.warning(),
                    health.failures(),
                    health.failingSince(),
                    error);
        }
        if (change.isTrip()) {
            LOG.warn(
                    "breaker open kind={} organization={} destination={} until={} trips={} error_code={}",
                    kind.wireName(),
                    health.organizationId(),
                    health.destinationId(),
                    health.openUntil(),
                    health.trips(),
                    error);
        } else if (change.isClosing()) {
            LOG.info(
                    "breaker closed kind={} organization={} destination={}",
                    kind.wireName(),
                    health.organizationId(),
                    health.destinationId());
        }
    }
}
