package dev.waybill.topology.model;

import dev.waybill.topology.Models;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Requests without destinations that differ in one thing.
public final class Requests {

    private Requests() {}

    public static Request ofType(String type) {
        return request("d-1", type, Bytes.of(new byte[1]), null, List.of(), Map.of(), null);
    }

    public static Request ofRole(@Nullable String role) {
        return request("d-1", "t", Bytes.of(new byte[1]), role, List.of(), Map.of(), null);
    }

    public static Request ofTags(List<String> tags) {
        return request("d-1", "t", Bytes.of(new byte[1]), null, tags, Map.of(), null);
    }

    public static Request ofMetadata(Map<String, String> metadata) {
        return request("d-1", "t", Bytes.of(new byte[1]), null, List.of(), metadata, null);
    }

    public static Request ofBytes(int size) {
        return request("d-1", "t", Bytes.of(new byte[size]), null, List.of(), Map.of(), null);
    }

    public static Request byReference() {
        return request("d-1", "t", null, null, List.of(), Map.of(), null);
    }

    public static Request at(@Nullable Instant occurredAt) {
        return request("d-1", "t", Bytes.of(new byte[1]), null, List.of(), Map.of(), occurredAt);
    }

    public static Request withId(String deliveryId, Map<String, String> metadata) {
        return request(deliveryId, "t", Bytes.of(new byte[1]), null, List.of(), metadata, null);
    }

    public static Request request(
            String deliveryId,
            String type,
            @Nullable Bytes body,
            @Nullable String role,
            List<String> tags,
            Map<String, String> metadata,
            @Nullable Instant occurredAt) {
        return new Request(
                deliveryId,
                "acme",
                new Payload(type, "text/plain", body, body == null ? "file:///x" : null, null),
                List.of(),
                role,
                tags,
                occurredAt,
                null,
                null,
                null,
                Map.of(),
                null,
                null,
                metadata,
                Models.NOW,
                null);
    }
}
