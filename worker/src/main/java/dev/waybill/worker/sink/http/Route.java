package dev.waybill.worker.sink.http;

import org.apache.hc.core5.http.HttpHost;

/// What makes connections interchangeable: where they go, and whom they trust. Nothing about an organization is bound
/// to a connection.
record Route(HttpHost origin, TlsTrust trust) {}
