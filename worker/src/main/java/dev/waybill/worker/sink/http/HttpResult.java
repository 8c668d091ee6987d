package dev.waybill.worker.sink.http;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.model.Bytes;
import dev.waybill.topology.policy.Outcome;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SSLSession;
import org.apache.hc.core5.http.Header;
import org.jspecify.annotations.Nullable;

/// What became of a request.
///
/// @param bytesSent     bytes of header and body handed to the connection
/// @param remoteAddress address and port that was connected to; null without a connection
/// @param tls           null without TLS
public record HttpResult(
        Reply reply,
        Phases phases,
        long bytesSent,
        @Nullable String remoteAddress,
        @Nullable SSLSession tls) {

    /// An answer, or the reason for none.
    public sealed interface Reply {}

    /// The receiver answered.
    ///
    /// @param body its first bytes, as many as were asked for
    public record Answer(int status, List<Header> headers, Bytes body) implements Reply {

        /// An answer with the response's own headers.
        public static Answer of(int status, Header[] headers, Bytes body) {
            return new Answer(status, Arrays.asList(headers), body);
        }

        /// The first header of that name, else null.
        public @Nullable String header(String name) {
            for (Header header : headers) {
                if (header.getName().equalsIgnoreCase(name)) {
                    return header.getValue();
                }
            }
            return null;
        }
    }

    /// There is no answer. The outcome already says whether the request may have been processed.
    public record NoAnswer(Outcome.Failed outcome) implements Reply {}
}
