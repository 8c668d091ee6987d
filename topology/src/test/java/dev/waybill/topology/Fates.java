package dev.waybill.topology;

import dev.waybill.topology.model.Fate;
import dev.waybill.topology.model.LastFailure;
import dev.waybill.topology.model.RouteStatus;
import dev.waybill.topology.model.Task;
import dev.waybill.topology.policy.Reasons;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Fates as sinks report them.
final class Fates {

    private Fates() {}

    static Fate delivered(Task task, Instant now) {
        return fate(task, RouteStatus.DELIVERED, null, null, now);
    }

    static Fate exhausted(Task task, Instant now) {
        return fate(task, RouteStatus.FAILED, Reasons.EXHAUSTED, failure(), now);
    }

    static LastFailure failure() {
        return new LastFailure("http_503", "unavailable", 503);
    }

    private static Fate fate(
            Task task, RouteStatus status, @Nullable String reason, @Nullable LastFailure last, Instant now) {
        return new Fate(
                task.route().number(),
                status,
                reason,
                task.route().current(),
                task.destination() == null ? null : task.destination().kind(),
                task.route().attempts() + 1,
                last,
                last == null ? Integer.valueOf(200) : last.responseCode(),
                task.route().candidate() > 0,
                null,
                task.route().choice(),
                List.of(),
                now);
    }
}
