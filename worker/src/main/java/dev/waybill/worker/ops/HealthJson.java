package dev.waybill.worker.ops;

import dev.waybill.avro.Destination;
import dev.waybill.avro.DestinationHealth;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Says how a destination is doing.
final class HealthJson {

    private HealthJson() {}

    /// @param told what its lane has told last
    static ObjectNode of(Destination destination, Optional<DestinationHealth> told, Instant now) {
        Optional<DestinationHealth> current =
                told.filter(health -> health.getDestinationVersion() == destination.getVersion());
        ObjectNode json = Json.object();
        json.put("status", current.map(health -> status(health, now)).orElse("well"));
        current.ifPresent(health -> AvroJson.object(health).properties().stream()
                .filter(field -> !field.getKey().startsWith("destination")
                        && !field.getKey().equals("organizationId"))
                .forEach(field -> json.set(field.getKey(), field.getValue())));
        return json;
    }

    private static String status(DestinationHealth health, Instant now) {
        if (health.getDisabledReason() != null) {
            return "disabled";
        }
        Instant until = health.getOpenUntil();
        if (until == null) {
            return "failing";
        }
        return now.isBefore(until) ? "open" : "half-open";
    }
}
