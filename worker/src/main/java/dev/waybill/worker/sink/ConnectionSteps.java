package dev.waybill.worker.sink;

import dev.waybill.topology.policy.Fault;
import dev.waybill.worker.sink.ConnectionReport.Check;
import dev.waybill.worker.sink.ConnectionReport.Permission;
import dev.waybill.worker.sink.ConnectionReport.Phase;
import dev.waybill.worker.sink.ConnectionReport.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Writes a connection test down, step by step. Used by one thread.
public final class ConnectionSteps {

    private final long start = System.nanoTime();
    private final Map<Phase, Duration> phases = new EnumMap<>(Phase.class);
    private final List<Check> checks = new ArrayList<>();
    private final Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    private final Map<String, String> details = new TreeMap<>();
    private long mark = start;
    private @Nullable Integer status;

    /// A step went well. It took the time since the step before; steps of one phase add up.
    ///
    /// @param phase what it counts for; null for nothing
    public ConnectionSteps passed(String check, @Nullable Phase phase) {
        return passed(check, phase, "ok");
    }

    /// A step went well, with something to tell.
    public ConnectionSteps passed(String check, @Nullable Phase phase, String detail) {
        spend(phase);
        checks.add(new Check(check, true, detail));
        return this;
    }

    private void spend(@Nullable Phase phase) {
        long now = System.nanoTime();
        if (phase != null) {
            phases.merge(phase, Duration.ofNanos(now - mark), Duration::plus);
        }
        mark = now;
    }

    /// Whether no step was tried yet.
    public boolean isEmpty() {
        return checks.isEmpty();
    }

    /// A phase that was measured elsewhere; null if it did not happen.
    public ConnectionSteps took(Phase phase, @Nullable Duration time) {
        if (time != null) {
            phases.put(phase, time);
        }
        return this;
    }

    /// Something was proved to be allowed.
    public ConnectionSteps proved(Permission permission) {
        permissions.add(permission);
        return this;
    }

    /// A fact worth knowing; null is left out.
    public ConnectionSteps detail(String name, @Nullable String value) {
        if (value != null) {
            details.put(name, value);
        }
        return this;
    }

    /// The receiver's code.
    public ConnectionSteps status(int code) {
        status = code;
        return this;
    }

    /// Everything went well.
    public ConnectionReport succeeded() {
        return report(null);
    }

    /// A step failed, and the test ends.
    public ConnectionReport failed(String check, @Nullable Phase phase, ConnectionError error, String message) {
        return failed(check, phase, new Problem(error, message, error.hint(), null, false));
    }

    /// A step failed, and the test ends.
    public ConnectionReport failed(String check, @Nullable Phase phase, Problem problem) {
        spend(phase);
        checks.add(new Check(check, false, problem.message()));
        return report(problem);
    }

    /// What a failed attempt would say as a problem.
    public static Problem problem(Fault fault, boolean isOurs) {
        ConnectionError error = ConnectionError.of(fault);
        String message = fault.message();
        return new Problem(error, message == null ? fault.code() : message, error.hint(), null, isOurs);
    }

    private ConnectionReport report(@Nullable Problem problem) {
        return new ConnectionReport(
                Duration.ofNanos(System.nanoTime() - start), phases, status, checks, permissions, details, problem);
    }
}
