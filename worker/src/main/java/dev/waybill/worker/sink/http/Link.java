package dev.waybill.worker.sink.http;

import dev.waybill.worker.pool.Pooled;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/// A connection to a receiver, in the version of HTTP that both sides speak.
sealed interface Link extends Pooled permits HttpConnection, Http2Link {

    String remoteAddress();

    /// Null without TLS.
    @Nullable
    SSLSession session();
}
