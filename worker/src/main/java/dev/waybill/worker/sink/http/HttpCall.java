package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.Bytes;
import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// One request to make.
///
/// @param headers  all but `Host` and `Content-Length`; their values must have been checked for
/// [HttpHeaders#isValidValue]
/// @param body     null for a request without one
/// @param timeouts how long each part may take
/// @param keepBody how many bytes of the answer's body are wanted
/// @param fresh    whether to use a connection of its own, so that all phases are seen
public record HttpCall(
        String method,
        HttpTarget target,
        List<Header> headers,
        @Nullable Bytes body,
        Timeouts timeouts,
        int keepBody,
        boolean fresh) {

    /// Bounds of one request.
    ///
    /// @param connect   name, connect and TLS handshake together; also the wait for a free connection
    /// @param firstByte from the end of the request to the first byte of the answer
    /// @param total     all of it
    public record Timeouts(Duration connect, Duration firstByte, Duration total) {}
}
