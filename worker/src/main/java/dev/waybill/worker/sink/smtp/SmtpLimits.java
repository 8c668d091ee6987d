package dev.waybill.worker.sink.smtp;

import dev.waybill.worker.pool.PoolLimits;
import java.time.Duration;

/// How many connections to mail servers are kept, and how long.
public final class SmtpLimits {

    /// To one server as one user. Postfix takes 50 from one client, others fewer: a destination that has to
    /// spare its server sets its policy's concurrency, 16 by default.
    private static final int PER_SERVER = 50;

    private static final int TOTAL = 500;

    /// Servers wait for minutes (RFC 5321, section 4.5.3.2.7); what stands between need not.
    private static final Duration IDLE = Duration.ofSeconds(30);

    private static final Duration MAX_AGE = Duration.ofMinutes(5);

    public static final PoolLimits DEFAULT = of(TOTAL);

    private SmtpLimits() {}

    /// Bounds for a process that can afford so many connections.
    public static PoolLimits of(int affordable) {
        int total = Math.min(affordable, TOTAL);
        return new PoolLimits(Math.min(PER_SERVER, total), total, IDLE, MAX_AGE);
    }
}
