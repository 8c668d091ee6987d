package dev.waybill.topology.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A request as the router accepted it.
///
/// @param request     what was asked for
/// @param encoded     the request's record value as the producer wrote it, passed on unchanged
/// @param origin      where it was read from
/// @param queuedAt    when it was accepted, by the router's clock, in whole microseconds
/// @param payloadSize length of the payload; 0 for one by reference that has not been fetched yet
/// @param payloadHash SHA-256 of the payload in lower-case hex; null for one by reference that has not been fetched yet
public record Delivery(
        Request request,
        Bytes encoded,
        Origin origin,
        Instant queuedAt,
        int payloadSize,
        @Nullable String payloadHash) {

    /// The same delivery, when the bytes that its payload refers to are known.
    ///
    /// @param size   as far as the records can tell it
    /// @param sha256 in lower-case hex
    public Delivery withPayload(long size, String sha256) {
        return new Delivery(request, encoded, origin, queuedAt, (int) Math.min(size, Integer.MAX_VALUE), sha256);
    }

    public String id() {
        return request.deliveryId();
    }

    public String organizationId() {
        return request.organizationId();
    }
}
