package dev.waybill.worker.sink.egress;

import dev.waybill.topology.policy.ErrorCategory;
import dev.waybill.topology.policy.Fault;
import dev.waybill.topology.policy.Outcome;
import dev.waybill.topology.policy.Outcome.OurFault;
import dev.waybill.topology.policy.Outcome.Permanent;
import dev.waybill.topology.policy.Outcome.Retryable;
import dev.waybill.worker.pool.BackingOffException;

/// Decides, once for all protocols, what it means that there is no connection. Nothing was sent then.
public final class DialFaults {

    private DialFaults() {}

    public static Outcome.Failed of(DialException e) {
        String message = String.valueOf(e.getMessage());
        return switch (e.failure()) {
            case DENIED -> new Permanent(Fault.of(ErrorCategory.EGRESS_DENIED, "egress_denied", message));
            case NAME_NOT_FOUND -> retryable(ErrorCategory.DNS, "dns_failed", message);
            case NAME_TIMEOUT -> retryable(ErrorCategory.DNS, "dns_timeout", message);
            case RESOLVER_BUSY -> new OurFault(Fault.of(ErrorCategory.DNS, "resolver_busy", message));
            case REFUSED -> retryable(ErrorCategory.CONNECT, "connect_refused", message);
            case UNREACHABLE -> retryable(ErrorCategory.CONNECT, "connect_unreachable", message);
            case TIMEOUT -> timedOut();
        };
    }

    public static Outcome.Failed timedOut() {
        return retryable(ErrorCategory.TIMEOUT, "connect_timeout", "not connected in time");
    }

    /// Charged like the connections that failed: it is the receiver that takes none.
    public static Outcome.Failed backingOff(BackingOffException e) {
        return retryable(ErrorCategory.CONNECT, "connect_backoff", String.valueOf(e.getMessage()));
    }

    /// No place in the pool became free in time.
    public static Outcome.Failed noConnectionFree() {
        return new OurFault(
                Fault.of(ErrorCategory.INTERNAL, "connections_exhausted", "all connections to the host are in use"));
    }

    private static Outcome.Failed retryable(ErrorCategory category, String code, String message) {
        return new Retryable(Fault.of(category, code, message), null);
    }
}
