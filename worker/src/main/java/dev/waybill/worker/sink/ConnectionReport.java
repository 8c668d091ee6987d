package dev.waybill.worker.sink;

import dev.waybill.topology.model.AttemptReport.Phases;
import dev.waybill.topology.policy.Fault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a connection test found.
///
/// @param phases     where the time went
/// @param statusCode the receiver's code, where it answered with one
/// @param checks     what was tried, in order
/// @param details    facts worth knowing: host, port, TLS version; never a secret
/// @param fault      what failed; null if nothing did
/// @param hint       what to do about it; null if nothing failed
/// @param isOurs     whether the fault is the worker's: it says nothing about the destination
public record ConnectionReport(
        Phases phases,
        @Nullable Integer statusCode,
        List<Check> checks,
        Map<String, String> details,
        @Nullable Fault fault,
        @Nullable String hint,
        boolean isOurs) {

    /// One step of a test.
    public record Check(String name, boolean passed, String detail) {}

    /// Of a fault, if there is one, that is the destination's.
    public ConnectionReport(
            Phases phases,
            @Nullable Integer statusCode,
            List<Check> checks,
            Map<String, String> details,
            @Nullable Fault fault,
            @Nullable String hint) {
        this(phases, statusCode, checks, details, fault, hint, false);
    }

    public ConnectionReport {
        checks = List.copyOf(checks);
        details = Map.copyOf(details);
    }

    public boolean success() {
        return fault == null;
    }
}
