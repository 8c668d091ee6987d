package dev.waybill.worker.delivery;

import dev.waybill.topology.model.Destination;
import dev.waybill.topology.model.Health;
import dev.waybill.topology.policy.Judgement;
import dev.waybill.topology.policy.RateLimit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Watches what reaches the receivers, and objects when a destination gets more than its limits allow.
final class LaneWatch {

    /// A call of a sink.
    ///
    /// @param startedAt when its lane let it start, by the clock that only goes forward
    /// @param holding   the assignment that it belongs to
    record SinkCall(Object worker, Destination destination, long startedAt, Tenure holding) {

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    private record LaneId(Object worker, UUID destination) {}

    /// A rate limit is kept under one assignment: the next owner does not know what the last one sent.
    private record PaceId(Tenure holding, UUID destination) {}

    /// A breaker that opened, as the worker told that holds its destination's partition.
    private static final class Opened {
        private final Tenure holding;
        private final long toldAt;
        private final long until;
        private int succeeded;

        Opened(Tenure holding, long toldAt, long until) {
            this.holding = holding;
            this.toldAt = toldAt;
            this.until = until;
        }
    }

    private final Objections objections;
    private final Map<LaneId, Set<SinkCall>> running = new HashMap<>();
    private final Map<PaceId, List<Long>> starts = new HashMap<>();
    private final Map<UUID, Opened> opened = new HashMap<>();
    private int together;
    private int probes;

    LaneWatch(Objections objections) {
        this.objections = objections;
    }

    void begun(SinkCall call) {
        LaneId lane = new LaneId(call.worker(), call.destination().id());
        Set<SinkCall> all = running.computeIfAbsent(lane, _ -> new HashSet<>());
        all.add(call);
        together = Math.max(together, all.size());
        int cap = call.destination().policy().concurrency().cap();
        objections.check(all.size() <= cap, () -> "%d calls at a time of at most %d".formatted(all.size(), cap));
        RateLimit limit = call.destination().policy().rateLimit();
        if (limit != null) {
            PaceId pace = new PaceId(call.holding(), call.destination().id());
            pace(limit, starts.computeIfAbsent(pace, _ -> new ArrayList<>()), call.startedAt());
        }
        Opened breaker = opened.get(call.destination().id());
        if (breaker != null && isLater(call, breaker)) {
            probe(call, breaker, all);
        }
    }

    /// Calls begin in another order than they were let start in.
    private void pace(RateLimit limit, List<Long> all, long startedAt) {
        int at = all.size();
        while (at > 0 && all.get(at - 1) > startedAt) {
            at--;
        }
        all.add(at, startedAt);
        double perNano = limit.permits() / (double) limit.period().toNanos();
        double tokens = limit.burst();
        long before = all.getFirst();
        for (long start : all) {
            tokens = Math.min(limit.burst(), tokens + (start - before) * perNano) - 1;
            before = start;
            // Sums of parts of tokens are a little off.
            objections.check(tokens > -0.001, () -> "more than %s allows: %s".formatted(limit, all));
        }
    }

    private static boolean isLater(SinkCall call, Opened breaker) {
        return call.holding() == breaker.holding && call.startedAt() > breaker.toldAt;
    }

    private void probe(SinkCall call, Opened breaker, Set<SinkCall> all) {
        objections.check(
                call.startedAt() >= breaker.until,
                () -> "a call is started %d ns before its breaker lets any"
                        .formatted(breaker.until - call.startedAt()));
        int most = call.destination().policy().breaker().probes();
        long trying = all.stream().filter(one -> isLater(one, breaker)).count();
        objections.check(trying <= most, () -> "%d probes of at most %d".formatted(trying, most));
        probes++;
    }

    void ended(SinkCall call, @Nullable Judgement judgement, long now) {
        Set<SinkCall> all =
                running.get(new LaneId(call.worker(), call.destination().id()));
        if (all == null || !all.remove(call)) {
            throw new AssertionError("a call ends that has not begun");
        }
        Opened breaker = opened.get(call.destination().id());
        boolean well = judgement == Judgement.WELL || judgement == Judgement.REFUSES;
        if (breaker != null && breaker.holding == call.holding() && well && now >= breaker.until) {
            breaker.succeeded++;
            if (breaker.succeeded >= call.destination().policy().breaker().probes()) {
                opened.remove(call.destination().id());
            }
        }
    }

    /// The worker that holds its partition told how a destination is doing.
    ///
    /// @param until when attempts may be made again, by the clock that only goes forward
    void told(Health health, Tenure holding, long now, long until) {
        if (health.isDisabled()) {
            opened.put(health.destinationId(), new Opened(holding, now, Long.MAX_VALUE));
        } else if (health.openUntil() != null && until > now) {
            opened.put(health.destinationId(), new Opened(holding, now, until));
        } else if (health.openUntil() == null) {
            opened.remove(health.destinationId());
        }
    }

    /// The most calls that one destination got at a time.
    int together() {
        return together;
    }

    /// Calls that were made after a breaker had opened.
    int probes() {
        return probes;
    }
}
