package dev.waybill.worker.ops;

import dev.waybill.avro.DestinationHealth;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Says how a destination is doing.
final class HealthJson {

    private HealthJson() {}

    /// @param told what its lane has told last of this version
    static ObjectNode of(Optional<DestinationHealth> told, Instant now) {
        ObjectNode json = Json.object();
        json.put("status", told.map(health -> status(health, now)).orElse("well"));
        told.ifPresent(health -> AvroJson.object(health).properties().stream()
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
