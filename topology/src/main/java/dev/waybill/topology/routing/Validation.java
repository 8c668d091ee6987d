package dev.waybill.topology.routing;

import dev.waybill.schemas.Keys;
import dev.waybill.topology.model.Payload;
import dev.waybill.topology.model.Request;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether a request is one that can be delivered, answered and remembered.
public final class Validation {

    /// The width of most text columns.
    static final int TEXT_MAX = 255;

    /// The width of `payload_type`.
    static final int TYPE_MAX = 100;

    /// A locator that is longer is no address a receiver or a bucket would know.
    static final int URI_MAX = 2048;

    /// Each is a route with a copy of the payload in one transaction.
    static final int DESTINATIONS_MAX = 100;

    /// Metadata and tags are repeated in every event and in the result, whose topics take 1 MiB.
    static final int METADATA_MAX = 64 * 1024;

    /// Times outside would not fit the rows' columns, and no clock shows them.
    private static final Instant EARLIEST = Instant.EPOCH;

    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private Validation() {}

    /// What is wrong with the identifiers that an answer needs; null if nothing. Without them the record is poison.
    public static @Nullable String identity(Request request) {
        if (!Keys.isToken(request.deliveryId())) {
            return "deliveryId must match [A-Za-z0-9_-]{1,255}";
        }
        return Keys.isOrganizationId(request.organizationId())
                ? null
                : "organizationId must match [A-Za-z0-9][A-Za-z0-9._-]{0,254}";
    }

    /// Why a request with valid identifiers must be rejected; null if it need not be.
    public static @Nullable String rejection(Request request, Limits limits) {
        if (request.payload().size() > limits.inlinePayloadMax()) {
            return Reasons.OVERSIZE;
        }
        String flaw = payload(request.payload(), limits);
        if (flaw == null) {
            flaw = texts(request);
        }
        if (flaw == null) {
            flaw = bounds(request);
        }
        return flaw == null ? null : Reasons.INVALID_REQUEST + ": " + flaw;
    }

    /// The request with what does not fit a record or a row cut or left out, for the answer to one that was rejected.
    public static Request presentable(Request request) {
        Payload payload = request.payload();
        return new Request(
                request.deliveryId(),
                request.organizationId(),
                new Payload(cut(payload.type(), TYPE_MAX), "", null, null, null),
                List.of(),
                null,
                sizeOf(request.tags()) > METADATA_MAX
                        ? List.of()
                        : request.tags().stream().map(Validation::clean).toList(),
                null,
                cut(request.idempotencyKey()),
                cut(request.correlationId()),
                cut(request.crossSystemReference()),
                Map.of(),
                request.maxAttempts(),
                null,
                isTidy(request.metadata()) ? request.metadata() : Map.of(),
                isSane(request.requestedAt()) ? request.requestedAt() : EARLIEST,
                cut(request.requestedBy()));
    }

    private static @Nullable String payload(Payload payload, Limits limits) {
        if (payload.type().isBlank() || payload.type().length() > TYPE_MAX) {
            return "payload.type must have 1 to " + TYPE_MAX + " characters";
        }
        if ((payload.body() == null) == (payload.uri() == null)) {
            return "payload must have exactly one of body and uri";
        }
        if (payload.uri() != null
                && (payload.uri().length() > URI_MAX || !limits.payloadUris().test(payload.uri()))) {
            return "payload.uri is not under a root or host that is allowed here";
        }
        if (payload.contentType().isBlank() || payload.contentType().length() > TEXT_MAX) {
            return "payload.contentType must have 1 to " + TEXT_MAX + " characters";
        }
        return null;
    }

    private static @Nullable String texts(Request request) {
        String flaw = text("payload.type", request.payload().type());
        flaw = flaw != null
                ? flaw
                : text("payload.contentType", request.payload().contentType());
        flaw = flaw != null ? flaw : text("payload.filename", request.payload().filename());
        flaw = flaw != null ? flaw : text("idempotencyKey", request.idempotencyKey());
        flaw = flaw != null ? flaw : text("correlationId", request.correlationId());
        flaw = flaw != null ? flaw : text("crossSystemReference", request.crossSystemReference());
        flaw = flaw != null ? flaw : text("requestedBy", request.requestedBy());
        flaw = flaw != null ? flaw : text("context.userRole", request.userRole());
        if (flaw == null
                && request.idempotencyKey() != null
                && request.idempotencyKey().isEmpty()) {
            flaw = "idempotencyKey must not be empty; leave it out instead";
        }
        return flaw;
    }

    private static @Nullable String bounds(Request request) {
        if (request.destinations().size() > DESTINATIONS_MAX) {
            return "destinationIds must not name more than " + DESTINATIONS_MAX + " destinations";
        }
        for (String destination : request.destinations()) {
            if (destination.isBlank() || destination.length() > TEXT_MAX || hasNul(destination)) {
                return "each of destinationIds must have 1 to " + TEXT_MAX + " characters";
            }
        }
        if (request.maxAttempts() != null && request.maxAttempts() < 1) {
            return "maxAttempts must be at least 1";
        }
        if (!isTidy(request.metadata()) || !isTidy(request.headers())) {
            return "metadata and headers must each have at most " + METADATA_MAX + " characters, and no NUL";
        }
        if (sizeOf(request.tags()) > METADATA_MAX || request.tags().stream().anyMatch(Validation::hasNul)) {
            return "tags must have at most " + METADATA_MAX + " characters, and no NUL";
        }
        if (!isSane(request.requestedAt()) || !isSane(request.notAfter()) || !isSane(request.occurredAt())) {
            return "requestedAt, notAfter and occurredAt must lie between 1970 and 9999";
        }
        return null;
    }

    private static @Nullable String text(String field, @Nullable String value) {
        return value != null && (value.length() > TEXT_MAX || hasNul(value))
                ? field + " must have at most " + TEXT_MAX + " characters, and no NUL"
                : null;
    }

    /// Postgres stores every character but this one.
    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static boolean isTidy(Map<String, String> map) {
        return sizeOf(map.keySet()) + sizeOf(map.values()) <= METADATA_MAX
                && map.entrySet().stream().noneMatch(entry -> hasNul(entry.getKey()) || hasNul(entry.getValue()));
    }

    private static long sizeOf(Collection<String> texts) {
        long size = 0;
        for (String text : texts) {
            size += text.length();
        }
        return size;
    }

    private static boolean isSane(@Nullable Instant time) {
        return time == null || (!time.isBefore(EARLIEST) && time.isBefore(LATEST));
    }

    private static @Nullable String cut(@Nullable String text) {
        return text == null ? null : cut(text, TEXT_MAX);
    }

    private static String cut(String text, int max) {
        String clean = clean(text);
        return clean.length() <= max ? clean : clean.substring(0, max);
    }

    private static String clean(String text) {
        return text.replace('\0', '\uFFFD');
    }
}
