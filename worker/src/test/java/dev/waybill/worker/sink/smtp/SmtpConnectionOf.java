package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.sink.PhaseClock;
import dev.waybill.worker.sink.Samples;
import dev.waybill.worker.sink.egress.Dialer;
import java.time.Duration;

/// A connection that is in no pool.
record SmtpConnectionOf(SmtpConnection connection) implements AutoCloseable {

    static SmtpConnectionOf open(Dialer dialer, ScriptedSmtpServer server) throws Exception {
        Duration patience = Duration.ofSeconds(10);
        return Samples.onVirtualThread(() -> {
            SmtpConnection connection =
                    new SmtpConnection(dialer.dial("127.0.0.1", server.port(), patience, new PhaseClock()));
            var _ = connection.wire().read(patience);
            return new SmtpConnectionOf(connection);
        });
    }

    @Override
    public void close() {
        connection.discard();
    }
}
