package dev.waybill.topology.model;

import org.jspecify.annotations.Nullable;

/// What is delivered. Exactly one of `body` and `uri` is set in a valid request.
///
/// @param type        application-level type, for example `audit.report`
/// @param contentType media type of the bytes
/// @param body        the bytes themselves, sent inline
/// @param uri         where the bytes are, sent by reference
/// @param filename    name for providers that store or attach files
public record Payload(
        String type,
        String contentType,
        @Nullable Bytes body,
        @Nullable String uri,
        @Nullable String filename) {

    /// Length of the inline payload; 0 for one by reference.
    public int size() {
        return body == null ? 0 : body.size();
    }
}
