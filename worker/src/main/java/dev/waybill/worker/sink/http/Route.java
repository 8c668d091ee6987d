package dev.waybill.worker.sink.http;

import dev.waybill.worker.sink.tls.Tls;
import org.apache.hc.core5.http.HttpHost;

/// What makes connections interchangeable: where they go, whom they trust, who we are on
/// them, and what they may speak. Nothing about an
/// organization is bound to a connection.
record Route(HttpHost origin, Tls tls, HttpVersion version) {

    /// Whether one connection may turn out to be enough for several requests at a time.
    boolean mayBeShared() {
        return version == HttpVersion.AUTO && HttpTarget.isSecure(origin);
    }
}
