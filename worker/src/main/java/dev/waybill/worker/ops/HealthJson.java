package dev.waybill.worker.ops;

import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Says how a destination is doing.
final class HealthJson {

    private HealthJson() {}

    /// @param told what its lane has told last of this version
    /// @param test the last test of this version
    static ObjectNode of(Optional<DestinationHealth> told, Optional<DestinationTest> test, Instant now) {
        ObjectNode json = Json.object();
        String status = told.map(health -> status(health, now)).orElse("well");
        boolean heldByTest =
                test.map(DestinationTest::getOpenUntil).filter(now::isBefore).isPresent();
        json.put("status", heldByTest && !status.equals("disabled") ? "open" : status);
        told.ifPresent(health -> AvroJson.object(health).properties().stream()
                .filter(field -> !field.getKey().startsWith("destination")
                        && !field.getKey().equals("organizationId"))
                .forEach(field -> json.set(field.getKey(), field.getValue())));
        return json;
    }

    /// When it was, what it found, and its whole answer.
    static ObjectNode lastTest(DestinationTest test) {
        ObjectNode json = Json.object();
        json.put("testedAt", test.getTestedAt().toString());
        json.put("scheduled", test.getScheduled());
        if (test.getOpenUntil() != null) {
            json.put("openUntil", test.getOpenUntil().toString());
        }
        json.setAll(Json.parse(test.getAnswer()));
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
