package dev.waybill.bench.rules;

import dev.waybill.schemas.Kind;
import dev.waybill.topology.RouterMetrics;
import java.util.concurrent.atomic.LongAdder;

/// Counts what the router has taken, and how much of it came to nothing.
final class CountedRequests implements RouterMetrics {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder lost = new LongAdder();

    long taken() {
        return accepted.sum();
    }

    long lost() {
        return lost.sum();
    }

    @Override
    public void accepted() {
        accepted.increment();
    }

    @Override
    public void rejected(String reason) {
        lost.increment();
    }

    @Override
    public void duplicate() {
        lost.increment();
    }

    @Override
    public void repeated() {
        lost.increment();
    }

    @Override
    public void rekeyed() {
        lost.increment();
    }

    @Override
    public void poison(String topic) {
        lost.increment();
    }

    @Override
    public void badConfiguration(String topic) {
        lost.increment();
    }

    @Override
    public void queued(Kind kind) {}

    @Override
    public void stale() {}
}
