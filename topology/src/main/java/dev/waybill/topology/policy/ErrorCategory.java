package dev.waybill.topology.policy;

import java.util.Locale;

/// Class of a failure: a metric label and part of a row's error. Decided once, by the sink, from what it saw.
public enum ErrorCategory {
    /// The name does not resolve, or to nothing.
    DNS,
    /// No connection: refused, unreachable, reset before the request was sent.
    CONNECT,
    /// The handshake failed: untrusted, expired, another name.
    TLS,
    /// No answer in time.
    TIMEOUT,
    /// The connection broke after the request was sent, so that it is unknown what happened.
    CONNECTION_LOST,
    /// The receiver refused: its code says so.
    RESPONSE,
    /// The receiver asked for less.
    THROTTLED,
    /// Credentials are wrong, missing or not allowed to.
    AUTHENTICATION,
    /// The account behind the destination may not send for now: suspended, unpaid, its quota used up. That is so for
    /// all
    /// deliveries, and the destination is left alone at once.
    ACCOUNT,
    /// The destination's settings cannot work: a bad address, a directory that is not there.
    CONFIGURATION,
    /// The egress guard does not let anything go there.
    EGRESS_DENIED,
    /// The payload cannot be delivered there: too large, of a wrong type, gone.
    PAYLOAD,
    /// The receiver has no room.
    CAPACITY,
    /// An error of ours.
    INTERNAL;

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
