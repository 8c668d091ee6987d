package dev.waybill.worker.projector;

import dev.waybill.avro.DeliveryAttempt;
import dev.waybill.avro.PhaseTimes;
import dev.waybill.schemas.Keys;
import dev.waybill.worker.projector.fold.DeliveryEvent;
import dev.waybill.worker.projector.fold.Observation;
import dev.waybill.worker.projector.fold.RequestFacts;
import dev.waybill.worker.projector.fold.RouteStatus;
import dev.waybill.worker.projector.fold.Target;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Reads the Avro record of an event: checks what must hold, and cuts what a column cannot hold.
final class EventReader {

    private static final int UUID_LENGTH = 36;

    private EventReader() {}

    static DeliveryEvent read(DeliveryAttempt event) {
        return new DeliveryEvent(
                type(event.getEvent()),
                event.getRank(),
                event.getRoute(),
                event.getRoutes(),
                event.getAt(),
                request(event),
                target(event),
                status(event.getStatus()),
                Text.fitOrNull(event.getDeliveryStatus(), Text.TERM),
                Text.fitOrNull(event.getReason(), Text.MESSAGE),
                Text.fitOrNull(event.getDuplicateOf(), Text.ID),
                Text.fitOrNull(event.getRuleId(), Text.ID),
                event.getRuleVersion(),
                Text.fitOrNull(event.getRuleSelection(), Text.WORD),
                Text.fitOrNull(event.getRuleTier(), 20),
                event.getAttempt(),
                event.getAttempts(),
                event.getMaxAttempts(),
                event.getDueAt(),
                Text.fit(event.getTrigger(), Text.TERM),
                Text.fitOrNull(event.getWorker(), Text.ID),
                observation(event));
    }

    /// The text as a UUID; empty where it is a name that was never resolved.
    static Optional<UUID> uuid(@Nullable String text) {
        return text != null && isUuid(text) ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }

    /// Strictly: [UUID#fromString] also takes shortened parts.
    private static boolean isUuid(String text) {
        if (text.length() != UUID_LENGTH) {
            return false;
        }
        for (int i = 0; i < UUID_LENGTH; i++) {
            char c = text.charAt(i);
            boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
            boolean good = dash ? c == '-' : isHex(c);
            if (!good) {
                return false;
            }
        }
        return true;
    }

    private static DeliveryEvent.Type type(String name) {
        return switch (name) {
            case "queued" -> DeliveryEvent.Type.QUEUED;
            case "attempt" -> DeliveryEvent.Type.ATTEMPT;
            case "skipped" -> DeliveryEvent.Type.SKIPPED;
            case "settled" -> DeliveryEvent.Type.SETTLED;
            default -> throw new UnusableEventException("unknown event: " + Text.fit(name, Text.CODE));
        };
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    private static @Nullable RouteStatus status(@Nullable String name) {
        return name == null
                ? null
                : RouteStatus.of(name)
                        .orElseThrow(() -> new UnusableEventException("unknown status: " + Text.fit(name, Text.CODE)));
    }

    private static RequestFacts request(DeliveryAttempt event) {
        if (!Keys.isToken(event.getDeliveryId())) {
            throw new UnusableEventException("not a delivery id: " + Text.fit(event.getDeliveryId(), Text.CODE));
        }
        if (!Keys.isOrganizationId(event.getOrganizationId())) {
            throw new UnusableEventException(
                    "not an organization id: " + Text.fit(event.getOrganizationId(), Text.CODE));
        }
        return new RequestFacts(
                event.getDeliveryId(),
                event.getOrganizationId(),
                event.getQueuedAt(),
                Text.fit(event.getPayloadType(), Text.CODE),
                event.getPayloadSize(),
                Text.fitOrNull(event.getPayloadHash(), 64),
                Text.fitOrNull(event.getIdempotencyKey(), Text.ID),
                Text.fitOrNull(event.getCorrelationId(), Text.ID),
                Text.fitOrNull(event.getCrossSystemReference(), Text.ID),
                Text.clean(event.getMetadata()),
                Text.clean(event.getTags()),
                Text.fitOrNull(event.getRequestedBy(), Text.ID),
                event.getRequestedAt(),
                Text.fit(event.getRequestTopic(), 249),
                event.getRequestPartition(),
                event.getRequestOffset());
    }

    private static @Nullable Target target(DeliveryAttempt event) {
        return uuid(event.getDestinationId())
                .map(id -> new Target(
                        id,
                        Text.fitOrNull(event.getDestinationName(), Text.ID),
                        Text.fitOrNull(event.getKind(), Text.WORD),
                        Text.fitOrNull(event.getProvider(), Text.WORD),
                        Text.fitOrNull(event.getRegion(), Text.CODE),
                        Text.clean(event.getLabels()),
                        event.getPolicyVersion()))
                .orElse(null);
    }

    private static Observation observation(DeliveryAttempt event) {
        return new Observation(
                Text.fitOrNull(event.getOutcome(), Text.TERM),
                Text.fitOrNull(event.getErrorCategory(), Text.CODE),
                Text.fitOrNull(event.getErrorCode(), Text.CODE),
                Text.fitOrNull(event.getErrorMessage(), Text.MESSAGE),
                event.getResponseCode(),
                event.getResponseHeaders() == null ? null : Text.clean(event.getResponseHeaders()),
                Text.fitOrNull(event.getResponseExcerpt(), Text.EXCERPT),
                event.getBytesSent(),
                Text.fitOrNull(event.getRemoteAddress(), Text.ID),
                phases(event.getPhases()),
                event.getStartedAt());
    }

    private static Observation.@Nullable Phases phases(@Nullable PhaseTimes times) {
        return times == null
                ? null
                : new Observation.Phases(
                        times.getDnsMicros(),
                        times.getConnectMicros(),
                        times.getTlsMicros(),
                        times.getFirstByteMicros(),
                        times.getTotalMicros());
    }
}
