package dev.waybill.worker.sink.http;

/// How far a request has come. Only in [#ANSWERING] can the receiver have read all of it.
enum Stage {
    /// Waiting for a connection from the pool.
    LEASING,
    /// Name, connect.
    CONNECTING,
    SECURING,
    /// Waiting for the receiver's first words in HTTP/2.
    GREETING,
    SENDING,
    ANSWERING
}
