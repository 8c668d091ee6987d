package dev.waybill.worker.sink;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a connection test found. Nothing of it is a secret.
///
/// @param responseTime all together
/// @param phases       where the time went, as far as the provider can tell
/// @param statusCode   the receiver's code, where it answered with one
/// @param checks       what was tried, in order; the last one failed if the test did
/// @param permissions  what was proved to be allowed, by doing it
/// @param details      facts worth knowing: host, port, TLS version, quota
/// @param problem      what failed; null if nothing did
public record ConnectionReport(
        Duration responseTime,
        Map<Phase, Duration> phases,
        @Nullable Integer statusCode,
        List<Check> checks,
        Set<Permission> permissions,
        Map<String, String> details,
        @Nullable Problem problem) {

    /// A part of a test.
    public enum Phase {
        DNS,
        CONNECT,
        TLS,
        AUTHENTICATE,
        PROBE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// What a destination lets us do.
    public enum Permission {
        READ,
        WRITE,
        DELETE;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// One step of a test.
    public record Check(String name, boolean passed, String detail) {}

    /// What failed.
    ///
    /// @param hint         what to do about it
    /// @param providerCode the code that the receiver gave, if any
    /// @param isOurs       whether it is the worker's fault: it says nothing about the destination
    public record Problem(
            ConnectionError error,
            String message,
            String hint,
            @Nullable String providerCode,
            boolean isOurs) {}

    public ConnectionReport {
        phases = Map.copyOf(phases);
        checks = List.copyOf(checks);
        permissions = Set.copyOf(permissions);
        details = Map.copyOf(details);
    }

    public boolean success() {
        return problem == null;
    }
}
