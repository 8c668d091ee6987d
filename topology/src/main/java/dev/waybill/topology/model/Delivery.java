package dev.waybill.topology.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A request as the router accepted it.
///
/// @param request     what was asked for
/// @param encoded     the request's record value as the producer wrote it, passed on unchanged
/// @param origin      where it was read from
/// @param queuedAt    when it was accepted, by the router's clock, in whole microseconds
/// @param payloadSize length of the inline payload
/// @param payloadHash SHA-256 of the inline payload in lower-case hex; null for one by reference
public record Delivery(
        Request request,
        Bytes encoded,
        Origin origin,
        Instant queuedAt,
        int payloadSize,
        @Nullable String payloadHash) {

    public String id() {
        return request.deliveryId();
    }

    public String organizationId() {
        return request.organizationId();
    }
}
