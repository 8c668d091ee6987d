package dev.waybill.worker.projector.store;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Milliseconds that only go forward, whatever the wall clock does. Good for telling ages; the time of day it shows
/// means nothing.
final class ForwardClock extends Clock {

    private final LongSupplier nanos;
    private final long origin;

    /// @param nanos such as [System#nanoTime]
    ForwardClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.origin = nanos.getAsLong();
    }

    @Override
    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - origin);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("it shows no time of day");
    }
}
