/// HTTP/2 as a client speaks it over one TLS connection: several requests at a time, each on its caller's virtual
/// thread, the socket on two threads of the connection's own. Header compression is HttpCore's.
///
/// ```
///   callers ──requests──► Outbox ──Batch──► writer's thread ──► socket
///      ▲                    ▲ acks, credit                         │
///      └──answers── Http2Stream ◄── Incoming ◄── reader's thread ◄─┘
/// ```
///
/// Nothing but the reader and the writer touches the socket, and nobody interrupts these two: an interrupt on a virtual
/// thread that waits for a socket closes it, and with it everybody else's requests.
@NullMarked
package dev.waybill.worker.sink.http.h2;

import org.jspecify.annotations.NullMarked;
