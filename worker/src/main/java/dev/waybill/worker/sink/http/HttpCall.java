package dev.waybill.worker.sink.http;

import dev.waybill.topology.policy.Policy;
import dev.waybill.worker.sink.Content;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// One request to make.
///
/// @param headers  all but `Host` and `Content-Length`; their values must have been checked for
/// [HttpHeaders#isValidValue]
/// @param body     null for a request without one
/// @param download takes the body of an answer 200; null for an answer of which only the beginning matters
/// @param timeouts how long each part may take
/// @param keepBody how many bytes of the answer's body are wanted
/// @param fresh    whether to use a connection of its own, so that all phases are seen
public record HttpCall(
        String method,
        HttpTarget target,
        List<Header> headers,
        @Nullable Content body,
        Timeouts timeouts,
        int keepBody,
        boolean fresh,
        @Nullable Download download) {

    public HttpCall(
            String method,
            HttpTarget target,
            List<Header> headers,
            @Nullable Content body,
            Timeouts timeouts,
            int keepBody,
            boolean fresh) {
        this(method, target, headers, body, timeouts, keepBody, fresh, null);
    }

    /// A request for something large. Its body is only given away if the receiver says where it ends, so that one that
    /// is cut off is noticed.
    public static HttpCall get(HttpTarget target, List<Header> headers, Timeouts timeouts, Download download) {
        return new HttpCall("GET", target, headers, null, timeouts, 0, false, download);
    }

    /// Takes a body while it is read.
    public interface Download {
        /// Takes all of it.
        ///
        /// @throws IOException if it cannot be read or is not wanted; the exchange ends with that
        void take(InputStream body) throws IOException;
    }

    /// Bounds of one request.
    ///
    /// @param connect   name, connect and TLS handshake together; also the wait for a free connection
    /// @param firstByte from the end of the request to the first byte of the answer
    /// @param total     all of it
    public record Timeouts(Duration connect, Duration firstByte, Duration total) {

        /// Those that a destination's policy allows.
        public static Timeouts of(Policy policy) {
            return new Timeouts(policy.connectTimeout(), policy.firstByteTimeout(), policy.totalTimeout());
        }
    }
}
