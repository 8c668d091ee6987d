package dev.waybill.worker.sink.smtp;

import dev.waybill.topology.policy.Policy;
import java.time.Duration;

/// Bounds of one attempt.
///
/// @param connect name and connect; a handshake of TLS; the wait for a free connection
/// @param reply   for the answer to a command; that to a message may take what is left of the total
/// @param total   all of it
record SmtpTimeouts(Duration connect, Duration reply, Duration total) {

    static SmtpTimeouts of(Policy policy) {
        return new SmtpTimeouts(policy.connectTimeout(), policy.firstByteTimeout(), policy.totalTimeout());
    }
}
