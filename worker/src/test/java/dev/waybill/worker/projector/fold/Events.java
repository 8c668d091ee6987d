package dev.waybill.worker.projector.fold;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Events as the router and the sinks write them.
public final class Events {

    public static final Instant QUEUED_AT = Instant.parse("2026-11-02T10:00:00.123456Z");
    public static final UUID DESTINATION = UUID.fromString("0b8a5f1e-7f0c-4f6e-9d2b-6a1c3e5d7f90");

    private Events() {}

    public static Builder event(DeliveryEvent.Type type, long rank) {
        return new Builder(type, rank);
    }

    /// Builds one; everything has a value.
    public static final class Builder {

        private final DeliveryEvent.Type type;
        private final long rank;
        private String deliveryId = "d-1";
        private String organizationId = "acme";
        private Instant queuedAt = QUEUED_AT;
        private Instant at = QUEUED_AT;
        private int route = 0;
        private int routes = 1;
        private @Nullable UUID destinationId = DESTINATION;
        private @Nullable RouteStatus status = RouteStatus.QUEUED;
        private @Nullable String deliveryStatus;
        private @Nullable String reason;
        private int attempts;
        private Observation observation = Observation.NOTHING;

        private Builder(DeliveryEvent.Type type, long rank) {
            this.type = type;
            this.rank = rank;
            this.at = QUEUED_AT.plusSeconds(rank);
        }

        public Builder delivery(String id) {
            deliveryId = id;
            return this;
        }

        public Builder organization(String id) {
            organizationId = id;
            return this;
        }

        public Builder queuedAt(Instant time) {
            queuedAt = time;
            return this;
        }

        public Builder at(Instant time) {
            at = time;
            return this;
        }

        public Builder route(int number, int of) {
            route = number;
            routes = of;
            return this;
        }

        public Builder destination(@Nullable UUID id) {
            destinationId = id;
            return this;
        }

        public Builder status(@Nullable RouteStatus after) {
            status = after;
            return this;
        }

        public Builder deliveryStatus(@Nullable String after) {
            deliveryStatus = after;
            return this;
        }

        public Builder reason(@Nullable String why) {
            reason = why;
            return this;
        }

        public Builder attempts(int charged) {
            attempts = charged;
            return this;
        }

        public Builder response(int code, @Nullable String errorCode) {
            observation = new Observation(
                    errorCode == null ? "Delivered" : "Retryable",
                    errorCode == null ? null : "http",
                    errorCode,
                    errorCode == null ? null : "the receiver said \"" + code + "\" \\ {and more}",
                    code,
                    Map.of("content-type", "text/plain", "retry-after", "3"),
                    "an answer, äöü €",
                    512L,
                    "192.0.2.1:443",
                    new Observation.Phases(1L, 20L, 300L, 4_000L, 5_499L),
                    at.minusMillis(6));
            return this;
        }

        public DeliveryEvent build() {
            return new DeliveryEvent(
                    type,
                    rank,
                    route,
                    routes,
                    at,
                    new RequestFacts(
                            deliveryId,
                            organizationId,
                            queuedAt,
                            "audit.report",
                            17,
                            "ab".repeat(32),
                            null,
                            "c-" + deliveryId,
                            "x-1",
                            Map.of("a", "1", "quote", "\"'\\"),
                            List.of("red", "with \"quotes\", commas {and} \\"),
                            "someone",
                            QUEUED_AT.minusSeconds(1),
                            "delivery.requests",
                            3,
                            42),
                    destinationId == null
                            ? null
                            : new Target(destinationId, "hook", "webhook", "webhook", "eu", Map.of("tier", "gold"), 7L),
                    status,
                    deliveryStatus,
                    reason,
                    null,
                    "rule-1",
                    2L,
                    "weighted",
                    rank > 3 ? "secondary" : "primary",
                    type == DeliveryEvent.Type.ATTEMPT ? Math.max(1, attempts) : 0,
                    attempts,
                    5,
                    status == RouteStatus.RETRYING ? at.plusSeconds(5) : null,
                    "automatic",
                    "worker-1",
                    observation);
        }
    }
}
