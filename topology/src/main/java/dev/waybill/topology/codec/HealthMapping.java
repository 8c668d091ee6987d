package dev.waybill.topology.codec;

import dev.waybill.avro.DestinationHealth;
import dev.waybill.avro.DestinationTest;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.model.LastFailure;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// How a destination is doing, both ways.
final class HealthMapping {

    private HealthMapping() {}

    static DestinationHealth toAvro(Health health) {
        LastFailure last = health.last();
        return DestinationHealth.newBuilder()
                .setDestinationId(health.destinationId().toString())
                .setOrganizationId(health.organizationId())
                .setDestinationVersion(health.destinationVersion())
                .setDestinationFingerprint(health.fingerprint())
                .setOpenUntil(millis(health.openUntil()))
                .setSince(since(health))
                .setTrips(health.trips())
                .setFailures(health.failures())
                .setFailingSince(millis(health.failingSince()))
                .setWarning(health.warning())
                .setDisabledReason(health.disabledReason())
                .setLastErrorCode(last == null ? null : last.code())
                .setLastErrorMessage(last == null ? null : last.message())
                .setLastResponseCode(last == null ? null : last.responseCode())
                .build();
    }

    /// A test that keeps the destination from being used counts like an open breaker that has never tripped.
    static Health toModel(DestinationTest avro) {
        String code = avro.getErrorCode();
        return new Health(
                id(avro.getDestinationId()),
                avro.getOrganizationId(),
                avro.getDestinationVersion(),
                avro.getDestinationFingerprint(),
                avro.getOpenUntil(),
                0,
                0,
                null,
                0,
                null,
                code == null ? null : new LastFailure(code, avro.getErrorMessage(), null));
    }

    static Health toModel(DestinationHealth avro) {
        String code = avro.getLastErrorCode();
        return new Health(
                id(avro.getDestinationId()),
                avro.getOrganizationId(),
                avro.getDestinationVersion(),
                avro.getDestinationFingerprint(),
                avro.getOpenUntil(),
                avro.getTrips(),
                avro.getFailures(),
                avro.getFailingSince(),
                avro.getWarning(),
                avro.getDisabledReason(),
                code == null ? null : new LastFailure(code, avro.getLastErrorMessage(), avro.getLastResponseCode()));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidRecordException("destinationId must be a UUID: " + text, e);
        }
    }

    private static Instant since(Health health) {
        Instant failing = health.failingSince();
        Instant until = health.openUntil();
        Instant since = failing != null ? failing : until != null ? until : Instant.EPOCH;
        return since.truncatedTo(ChronoUnit.MILLIS);
    }

    private static @Nullable Instant millis(@Nullable Instant time) {
        return time == null ? null : time.truncatedTo(ChronoUnit.MILLIS);
    }
}
