package dev.waybill.worker.sink.smtp;

/// How far a message has come. Only in [#ANSWERING] can the server have all of it.
enum Stage {
    /// Waiting for a place in the pool.
    LEASING,
    /// Name, connect.
    CONNECTING,
    /// The handshake of TLS.
    SECURING,
    /// Waiting for the server's first words.
    GREETING,
    /// `EHLO`, in the clear or not, and `STARTTLS`.
    INTRODUCING,
    AUTHENTICATING,
    /// `MAIL`, `RCPT`, and the permission to send.
    ADDRESSING,
    SENDING,
    /// The last byte may have left.
    ANSWERING
}
